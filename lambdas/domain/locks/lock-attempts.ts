/**
 * How a lock on a table that is in use is tried for. Whoever waits for a strong lock stalls everybody who comes behind, so the
 * first wait is short, each one is twice as long as the one before, and the pauses are so much longer that the table is stalled
 * for a small share of the time only.
 */

/** One attempt that ended without its locks. */
export type LockAttempt = {
  /** ISO 8601, when its first statement began. */
  readonly at: string;
  /** From its first statement to the end of its transaction: for so long others may have waited behind it. */
  readonly stalledMs: number;
  /** How long a statement waited for a lock. */
  readonly lockTimeoutMs: number;
  /** Who held the locks, in words, the root first; empty where nobody was seen. */
  readonly blockers: readonly string[];
  /** How often people had let it be tried again; 0 before anybody was asked, absent in attempts of version 0.4.0 and before. */
  readonly round?: number;
};

/** 100 ms: longer than almost every transaction of an application holds a lock, shorter than anybody notices. */
const firstWaitMs = 100;

/** How long a statement waits for a lock; `attempt` counts from 0, `longestMs` is the setting. */
export const lockTimeoutOf = (attempt: number, longestMs: number): number =>
  Math.min(longestMs, firstWaitMs * 2 ** Math.min(attempt, 20));

/** As the workflow's policy `lockAttempts` has it: 3 s, doubled to 20 s, without jitter. */
export const workflowPause = { firstMs: 3_000, longestMs: 20_000, attempts: 15 } as const;

const workflowPauseMs = (attempt: number) =>
  Math.min(workflowPause.longestMs, workflowPause.firstMs * 2 ** Math.min(attempt, 20));

/** The most of the time for which the tables may be stalled by our waiting. */
export const mostStalledShare = 0.1;

/** 10 min: with the attempt itself less than a Lambda's longest life. */
const longestPauseMs = 600_000;

type Times = Pick<LockAttempt, 'at' | 'stalledMs' | 'lockTimeoutMs'>;

const roundOf = ({ round = 0 }: Pick<LockAttempt, 'round'>) => round;

/** Between two rounds lie hours in which nobody was stalled: they would make every share look small. */
export const attemptsOfRound = (attempts: readonly LockAttempt[], round: number): readonly LockAttempt[] =>
  attempts.filter((attempt) => roundOf(attempt) === round);

export const attemptsOfLastRound = (attempts: readonly LockAttempt[]): readonly LockAttempt[] =>
  attemptsOfRound(attempts, Math.max(0, ...attempts.map(roundOf)));

const endOf = ({ at, stalledMs }: Times) => Date.parse(at) + stalledMs;

const stalledMsOf = (attempts: readonly Times[]) => attempts.reduce((sum, { stalledMs }) => sum + stalledMs, 0);

/**
 * What the workflow's pause lacks, so that at the end of the next attempt too the tables will have been stalled for no more than a
 * tenth of the time. 0 in the usual case; more where the statements before the one that waited took long, for their locks were
 * held meanwhile. `attempts` are all so far, `attempt` the number of the last one.
 */
export const missingPauseMs = (attempts: readonly Times[], attempt: number, longestMs: number): number => {
  const [first, last] = [attempts[0], attempts.at(-1)];
  if (!first || !last) return 0;
  // The statements before the one that waits will take as long again.
  const nextMs = lockTimeoutOf(attempt + 1, longestMs) + Math.max(0, last.stalledMs - last.lockTimeoutMs);
  const neededMs = (stalledMsOf(attempts) + nextMs) / mostStalledShare - nextMs;
  const elapsedMs = endOf(last) - Date.parse(first.at);
  return Math.round(Math.min(longestPauseMs, Math.max(0, neededMs - elapsedMs - workflowPauseMs(attempt))));
};

/** The share of the time since the first attempt began for which tables were stalled; null of one attempt, before which nobody knew. */
export const stalledShare = (attempts: readonly Times[], until: number): number | null => {
  const [first] = attempts;
  if (!first || attempts.length < 2) return null;
  return stalledMsOf(attempts) / Math.max(1, until - Date.parse(first.at));
};

const spanOf = (attempts: readonly Times[]) => {
  const [first, last] = [attempts[0], attempts.at(-1)];
  return first && last ? endOf(last) - Date.parse(first.at) : 0;
};

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/**
 * `4 attempts at its locks stalled its tables for 1.5 s of 22.5 s (7 %)`, as a clause; null without an attempt that failed.
 */
export const lockAttemptsInWords = (attempts: readonly LockAttempt[]): string | null => {
  if (attempts.length === 0) return null;
  const stalledMs = stalledMsOf(attempts);
  if (attempts.length === 1) return `1 attempt at its locks stalled its tables for ${seconds(stalledMs)}`;
  const rounds = [...new Set(attempts.map(roundOf))].map((round) => attemptsOfRound(attempts, round));
  const overMs = rounds.reduce((sum, round) => sum + spanOf(round), 0);
  const inRounds = rounds.length > 1 ? `, in ${rounds.length} rounds,` : '';
  return `${attempts.length} attempts at its locks${inRounds} stalled its tables for ${seconds(stalledMs)} of ${seconds(overMs)} (${Math.round((100 * stalledMs) / Math.max(1, overMs))} %)`;
};
