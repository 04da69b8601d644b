/** The monitoring window: what it has seen so far, in bounded space. */
import { count } from '#domain/count';
import type { EvidenceRef } from '#domain/evidence/document';
import type { SlowStatement } from './measurements';
import type { ActivitySample } from './sample';

/** Stored once when the window opens. */
export type Watch = {
  readonly runId: string;
  readonly openedAt: string;
  readonly until: string;
  readonly baseline: EvidenceRef;
  readonly previous: readonly EvidenceRef[];
  /** Sealed: only the approvals domain can open it. */
  readonly sealedToken: string;
};

/** Grows with what is worth keeping, not with the number of looks. */
export type WatchSummary = {
  /** Looks that saw something. */
  readonly samples: number;
  readonly first: ActivitySample | null;
  readonly last: ActivitySample | null;
  readonly mostConnections: number;
  readonly mostLockWaits: number;
  readonly longestTransactionMs: number;
  /** Of the last look that saw any; the slowest first. */
  readonly slow: readonly SlowStatement[];
  /** Looks that found the compute asleep, and for how long it slept in all. */
  readonly suspended: number;
  readonly suspendedMs: number;
  /** When a look was last answered, by a sample or by the word that the compute sleeps; null before the first. */
  readonly answeredAt: string | null;
  /** Between two looks that were answered, or from the opening to the first. */
  readonly longestGapMs: number;
  /** Looks in a row, up to now, that were not answered, and the last one's words. */
  readonly unreachable: number;
  readonly unreachableBecause: string | null;
};

export const emptySummary: WatchSummary = {
  samples: 0,
  first: null,
  last: null,
  mostConnections: 0,
  mostLockWaits: 0,
  longestTransactionMs: 0,
  slow: [],
  suspended: 0,
  suspendedMs: 0,
  answeredAt: null,
  longestGapMs: 0,
  unreachable: 0,
  unreachableBecause: null,
};

export const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

/** What every look does that was answered. */
const answered = (summary: WatchSummary, openedAt: string, at: string) => {
  const sinceLastMs = between(summary.answeredAt ?? openedAt, at);
  return {
    sinceLastMs,
    state: {
      answeredAt: at,
      longestGapMs: Math.max(summary.longestGapMs, sinceLastMs),
      unreachable: 0,
      unreachableBecause: null,
    },
  };
};

export const addSample = (
  summary: WatchSummary,
  openedAt: string,
  sample: ActivitySample,
  slow: readonly SlowStatement[],
): WatchSummary => ({
  ...summary,
  ...answered(summary, openedAt, sample.at).state,
  samples: summary.samples + 1,
  first: summary.first ?? sample,
  last: sample,
  mostConnections: Math.max(summary.mostConnections, sample.connections),
  mostLockWaits: Math.max(summary.mostLockWaits, sample.lockWaits),
  longestTransactionMs: Math.max(summary.longestTransactionMs, sample.longestTransactionMs),
  slow: slow.length > 0 ? slow : summary.slow,
});

/** A look that found the compute asleep: nobody used it since it was last looked at, so it counts as watched. */
export const addSuspended = (summary: WatchSummary, openedAt: string, at: string): WatchSummary => {
  const { sinceLastMs, state } = answered(summary, openedAt, at);
  return {
    ...summary,
    ...state,
    suspended: summary.suspended + 1,
    suspendedMs: summary.suspendedMs + sinceLastMs,
  };
};

/** What an open window has seen so far, for whoever looks at the run meanwhile. */
export const describeWatch = ({ until }: Pick<Watch, 'until'>, summary: WatchSummary): string => {
  const { samples, suspended, unreachable, last, mostConnections, mostLockWaits } = summary;
  const seen = last
    ? `${count(samples, 'sample')}, at most ${mostConnections} of ${last.maxConnections} connections and ${count(mostLockWaits, 'lock wait')}`
    : 'no sample yet';
  const asleep = suspended > 0 ? `, asleep at ${count(suspended, 'look')}` : '';
  const away = unreachable > 0 ? `, the last ${count(unreachable, 'look')} without an answer` : '';
  return `The target is watched until ${until}: ${seen}${asleep}${away}.`;
};

export const addUnreachable = (summary: WatchSummary, words: string): WatchSummary => ({
  ...summary,
  unreachable: summary.unreachable + 1,
  unreachableBecause: words,
});
