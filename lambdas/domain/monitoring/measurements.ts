/** From what a look saw to the metrics of the table. */
import type { Measurements } from '#lambdas/metrics';
import type { ActivitySample, StatementStatistics } from './sample';

export type SlowStatement = {
  readonly query: string;
  readonly meanMs: number;
  /** At the baseline; null for a statement that it does not know. */
  readonly meanMsBefore: number | null;
};

/** What a sample is held against. */
export type Reference = {
  /** Taken before the migration. */
  readonly baseline: ActivitySample;
  /** The window's first sample. */
  readonly opening: ActivitySample;
  /** The sample before this one; null for the first. */
  readonly previous: ActivitySample | null;
};

/** 20 calls, so that one slow call is no mean; 5 ms, because below it a mean doubles by chance. */
const least = { calls: 20, meanMs: 5 } as const;
/** 100 ms: the checklist's limit for simple queries (box 11.2). */
const newSlowMeanMs = 100;
/** 20: the share of three is no share. */
const leastTransactions = 20;

/** Growth of a counter; one that is lower than before was reset meanwhile and counts from zero. */
const growth = (now: number, before: number) => (now >= before ? now - before : now);

/** Mean of the calls made since the window was opened; null when there were too few. */
const meanSince = (now: StatementStatistics, opening: StatementStatistics | undefined): number | null => {
  const isReset = !opening || now.calls < opening.calls || now.totalMs < opening.totalMs;
  const start = isReset ? { calls: 0, totalMs: 0 } : opening;
  const calls = now.calls - start.calls;
  return calls < least.calls ? null : (now.totalMs - start.totalMs) / calls;
};

const byId = ({ statements }: ActivitySample) =>
  new Map((statements ?? []).map((statement) => [statement.queryId, statement]));

/**
 * Counted since the window was opened, compared with the means of before the migration: what the migration itself and the
 * steps around it have run lies between the two and is no traffic.
 */
const compareStatements = (sample: ActivitySample, { baseline, opening }: Reference): readonly SlowStatement[] => {
  const [known, opened] = [byId(baseline), byId(opening)];
  return (sample.statements ?? []).flatMap((statement) => {
    const meanMs = meanSince(statement, opened.get(statement.queryId));
    if (meanMs === null || meanMs < least.meanMs) return [];
    return [{ query: statement.query, meanMs, meanMsBefore: known.get(statement.queryId)?.meanMs ?? null }];
  });
};

const ratioOf = ({ meanMs, meanMsBefore }: SlowStatement) => meanMs / Math.max(meanMsBefore ?? meanMs, Number.EPSILON);

const statementMetrics = (compared: readonly SlowStatement[], { baseline }: Reference): Measurements => {
  if (baseline.statements === null) return {};
  const ratios = compared.filter(({ meanMsBefore }) => meanMsBefore !== null).map(ratioOf);
  const isNewAndSlow = ({ meanMs, meanMsBefore }: SlowStatement) => meanMsBefore === null && meanMs > newSlowMeanMs;
  return {
    ...(ratios.length > 0 && { StatementTimeRatio: Math.max(...ratios) }),
    NewSlowStatements: compared.filter(isNewAndSlow).length,
  };
};

const shareOf = ({ commits, rollbacks }: Pick<ActivitySample, 'commits' | 'rollbacks'>) =>
  (100 * rollbacks) / Math.max(commits + rollbacks, 1);

/** Nothing of the first look: between it and the baseline lie the migration's own transactions. */
const transactionMetrics = (sample: ActivitySample, { baseline, previous }: Reference): Measurements => {
  if (!previous) return {};
  const ended = {
    commits: growth(sample.commits, previous.commits),
    rollbacks: growth(sample.rollbacks, previous.rollbacks),
  };
  if (ended.commits + ended.rollbacks < leastTransactions) return {};
  const share = shareOf(ended);
  return { RollbackShare: share, RollbackShareOverBaseline: Math.max(0, share - shareOf(baseline)) };
};

/**
 * Turns a sample into the metrics of the table.
 *
 * @example
 * measurementsOf(sample, { baseline, opening, previous }) // { ConnectionsUsed: 42, LockWaits: 0, Deadlocks: 0, … }
 */
export const measurementsOf = (sample: ActivitySample, reference: Reference): Measurements => {
  const { baseline, previous } = reference;
  const { connections, maxConnections, longestTransactionMs, lockWaits, deadlocks } = sample;
  return {
    ConnectionsUsed: (100 * connections) / maxConnections,
    LongestTransaction: longestTransactionMs,
    LongestTransactionOverBaseline: Math.max(0, longestTransactionMs - baseline.longestTransactionMs),
    LockWaits: lockWaits,
    LockWaitsOverBaseline: Math.max(0, lockWaits - baseline.lockWaits),
    Deadlocks: previous ? growth(deadlocks, previous.deadlocks) : 0,
    ...transactionMetrics(sample, reference),
    ...(sample.statements !== null && statementMetrics(compareStatements(sample, reference), reference)),
    TargetUnreachable: 0,
    ComputeSuspended: 0,
  };
};

/**
 * Deadlocks that the first look finds already. The migration itself may have been one side of them (Step 8 steps back and tries
 * again), so they raise no alarm about what it left behind.
 */
export const deadlocksBeforeWatch = (first: ActivitySample, baseline: ActivitySample): number =>
  growth(first.deadlocks, baseline.deadlocks);

/** A look that saw nothing says only why. */
export const unseen = {
  suspended: { TargetUnreachable: 0, ComputeSuspended: 1 },
  unreachable: { TargetUnreachable: 1 },
} as const satisfies Readonly<Record<string, Measurements>>;

/** 5: enough to know where to look. */
const namedAtMost = 5;

/** The statements that became slower by half or more, and the new slow ones; the slowest first. */
export const slowStatements = (sample: ActivitySample, reference: Reference): readonly SlowStatement[] =>
  reference.baseline.statements === null
    ? []
    : compareStatements(sample, reference)
        .filter((one) => (one.meanMsBefore === null ? one.meanMs > newSlowMeanMs : ratioOf(one) > 1.5))
        .sort((a, b) => b.meanMs - a.meanMs)
        .slice(0, namedAtMost);
