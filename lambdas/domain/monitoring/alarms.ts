/** The one alarm table: what is watched after a migration, against what, and when a person must look. */
import type { ActivitySample, StatementStatistics } from './sample';

export type Alarm = {
  /** Words; also the section of the runbook. */
  readonly id: string;
  /** The box that this alarm answers. */
  readonly box: '16.1' | '16.3' | '16.4';
  readonly title: string;
  /** Sentences, one per thing that is wrong; empty when the sample is quiet. */
  check(sample: ActivitySample, baseline: ActivitySample, opening: ActivitySample): readonly string[];
};

/** 80 %: PostgreSQL refuses the next one at 100, and a pool grows in steps. */
const connectionShare = 0.8;
/** 5 min: longer than any statement a web application should need; it holds back vacuum. */
const longestTransactionMs = 5 * 60_000;
/** 3 times the mean of before, and at least 20 calls and 5 ms, so that noise on quick statements is no alarm. */
const slowdown = { ratio: 3, leastCalls: 20, leastMeanMs: 5 } as const;
/** 100 ms: the checklist's limit for simple queries (box 11.2). */
const newSlowMeanMs = 100;

/** Growth of a counter; one that is lower than before was reset meanwhile and counts from zero. */
const since = (now: number, before: number) => (now >= before ? now - before : now);

/** Mean of the calls made since the window was opened; null when there were too few. */
const meanSince = (now: StatementStatistics, opening: StatementStatistics | undefined): number | null => {
  const start = opening && now.calls >= opening.calls ? opening : { calls: 0, totalMs: 0 };
  const calls = now.calls - start.calls;
  return calls < slowdown.leastCalls ? null : (now.totalMs - start.totalMs) / calls;
};

const byId = ({ statements }: ActivitySample) =>
  new Map(statements?.map((statement) => [statement.queryId, statement]));

/**
 * Counted since the window was opened, compared with the means of before the migration: what the migration itself and the
 * steps around it have run lies between the two and is no traffic.
 */
const slowerStatements: Alarm['check'] = (sample, baseline, opening) => {
  const known = byId(baseline);
  const opened = byId(opening);
  return (sample.statements ?? []).flatMap((statement) => {
    const before = known.get(statement.queryId);
    const meanMs = meanSince(statement, opened.get(statement.queryId));
    if (meanMs === null || meanMs < slowdown.leastMeanMs) return [];
    const limitMs = before ? before.meanMs * slowdown.ratio : newSlowMeanMs;
    return meanMs > limitMs
      ? [
          `mean ${meanMs.toFixed(1)} ms, ${before ? `was ${before.meanMs.toFixed(1)} ms` : 'not in the baseline'}: ${statement.query}`,
        ]
      : [];
  });
};

export const alarms: readonly Alarm[] = [
  {
    id: 'connections-near-limit',
    box: '16.4',
    title: 'Connections near the limit',
    check: ({ connections, maxConnections }) =>
      connections > connectionShare * maxConnections
        ? [`${connections} of ${maxConnections} connections are used`]
        : [],
  },
  {
    id: 'sessions-wait-for-locks',
    box: '16.1',
    title: 'Sessions wait for locks',
    check: ({ lockWaits }, baseline) =>
      lockWaits > baseline.lockWaits + 5 ? [`${lockWaits} sessions wait for a lock, ${baseline.lockWaits} before`] : [],
  },
  {
    id: 'transaction-open-too-long',
    box: '16.1',
    title: 'A transaction is open too long',
    check: (sample, baseline) =>
      sample.longestTransactionMs > Math.max(longestTransactionMs, 2 * baseline.longestTransactionMs)
        ? [`a transaction has been open for ${Math.round(sample.longestTransactionMs / 1000)} s`]
        : [],
  },
  {
    id: 'deadlocks',
    box: '16.1',
    title: 'Deadlocks since the migration',
    check: ({ deadlocks }, baseline) => {
      const happened = since(deadlocks, baseline.deadlocks);
      return happened > 0 ? [`${happened} deadlocks since the baseline`] : [];
    },
  },
  {
    id: 'statements-slower',
    box: '16.3',
    title: 'Statements are slower than before',
    check: slowerStatements,
  },
];

/** Raised when no sample can be taken; it answers every box, for nothing is being watched. */
export const targetUnreachable = 'target-unreachable';

export type RaisedAlarm = { readonly id: string; readonly title: string; readonly details: readonly string[] };

/**
 * The alarms that one sample raises. `baseline` was taken before the migration, `opening` is the window's first sample.
 */
export const raiseAlarms = (
  sample: ActivitySample,
  baseline: ActivitySample,
  opening: ActivitySample,
): readonly RaisedAlarm[] =>
  alarms.flatMap(({ id, title, check }) => {
    const details = check(sample, baseline, opening);
    return details.length > 0 ? [{ id, title, details }] : [];
  });
