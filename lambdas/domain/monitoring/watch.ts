/** The monitoring window: what it has seen so far, in bounded space, and what it says at its end. */
import type { BoxAnswer, EvidenceRef } from '../evidence/document';
import { alarms, type RaisedAlarm, targetUnreachable } from './alarms';
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

/** Grows with what is worth keeping, not with the number of samples. */
export type WatchSummary = {
  readonly samples: number;
  readonly first: ActivitySample | null;
  readonly last: ActivitySample | null;
  readonly mostConnections: number;
  readonly mostLockWaits: number;
  readonly longestTransactionMs: number;
  /** Between two samples that were taken. */
  readonly longestGapMs: number;
  /** Samples in a row, up to now, for which the target could not be reached. */
  readonly unreachable: number;
  readonly raised: readonly RaisedAlarm[];
};

export const emptySummary: WatchSummary = {
  samples: 0,
  first: null,
  last: null,
  mostConnections: 0,
  mostLockWaits: 0,
  longestTransactionMs: 0,
  longestGapMs: 0,
  unreachable: 0,
  raised: [],
};

const between = (from: string, to: string) => Math.max(0, Date.parse(to) - Date.parse(from));

export const addSample = (
  summary: WatchSummary,
  sample: ActivitySample,
  raised: readonly RaisedAlarm[],
): WatchSummary => ({
  samples: summary.samples + 1,
  first: summary.first ?? sample,
  last: sample,
  mostConnections: Math.max(summary.mostConnections, sample.connections),
  mostLockWaits: Math.max(summary.mostLockWaits, sample.lockWaits),
  longestTransactionMs: Math.max(summary.longestTransactionMs, sample.longestTransactionMs),
  longestGapMs: Math.max(summary.longestGapMs, summary.last ? between(summary.last.at, sample.at) : 0),
  unreachable: 0,
  raised: [...summary.raised, ...raised],
});

/** 3 in a row: one lost sample is the network, three are an outage. */
const unreachableLimit = 3;

/** A sample that could not be taken; alarming when it is the third in a row, or when it would have been the last. */
export const countUnreachable = (summary: WatchSummary, message: string, isLast: boolean): WatchSummary => {
  const unreachable = summary.unreachable + 1;
  const alarm = { id: targetUnreachable, title: 'The target cannot be reached', details: [message] };
  return {
    ...summary,
    unreachable,
    raised: unreachable >= unreachableLimit || isLast ? [...summary.raised, alarm] : summary.raised,
  };
};

/** What was really watched: an alarm ends the window before its time. */
export type Watched = {
  readonly openedAt: string;
  readonly endedAt: string;
  /** False when the sample before the migration knew nothing of statements. */
  readonly knowsStatementsOfBefore: boolean;
};

type WatchedBox = '16.1' | '16.3' | '16.4';

const quiet: Readonly<Record<WatchedBox, (summary: WatchSummary) => string>> = {
  '16.1': ({ samples, mostConnections, mostLockWaits }) =>
    `${samples} samples against the baseline: at most ${mostConnections} connections and ${mostLockWaits} lock waits, no new deadlock`,
  '16.3': ({ samples, last }) =>
    `${samples} samples: of the ${last?.statements?.length ?? 0} busiest statements none is slower than 3 times its mean of before`,
  '16.4': ({ last, mostConnections }) =>
    `at most ${mostConnections} of ${last?.maxConnections ?? '?'} connections used`,
};

/** The checklist's least window. */
const leastWindowMs = 24 * 3_600_000;

/** 1 h: a dozen samples in a row; what happens in a longer silence was not watched. */
const longestSilenceMs = 3_600_000;

/** The longest time on end without a sample, from the opening to the end. */
const silenceMs = ({ first, last, longestGapMs }: WatchSummary, { openedAt, endedAt }: Watched) =>
  Math.max(longestGapMs, between(openedAt, first?.at ?? endedAt), between(last?.at ?? openedAt, endedAt));

const inWords = (ms: number) =>
  ms < 2 * 3_600_000 ? `${Math.round(ms / 1000)} s` : `${(ms / 3_600_000).toFixed(1)} h`;

/** Why the box cannot be proved although nothing alarming was seen; null when it can. */
const whyOpen = (box: WatchedBox, summary: WatchSummary, watched: Watched): string | null => {
  if (box === '16.3' && summary.last?.statements === null)
    return 'pg_stat_statements is not installed in the target, so statements cannot be compared';
  if (box === '16.3' && !watched.knowsStatementsOfBefore)
    return 'the baseline holds no statements, so there is nothing to compare with';
  const watchedMs = between(watched.openedAt, watched.endedAt);
  if (watchedMs < leastWindowMs)
    return `watched for ${inWords(watchedMs)} only, the checklist asks for 24 to 48 h; ${quiet[box](summary)}`;
  const silentMs = silenceMs(summary, watched);
  return silentMs > longestSilenceMs
    ? `not watched for ${inWords(silentMs)} on end: no sample was taken in that time; ${quiet[box](summary)}`
    : null;
};

const answerBox = (box: WatchedBox, summary: WatchSummary, watched: Watched): BoxAnswer => {
  const ids = [targetUnreachable, ...alarms.filter((alarm) => alarm.box === box).map(({ id }) => id)];
  const raised = summary.raised.filter(({ id }) => ids.includes(id));
  const facts = { summary: { ...summary, first: summary.first?.at ?? null, last: summary.last?.at ?? null } };
  if (raised.length > 0)
    return {
      box,
      answer: 'failed',
      reason: raised.map(({ title, details }) => `${title}: ${details.join('; ')}`).join('; '),
      facts,
    };
  if (summary.samples === 0) return { box, answer: 'open', reason: 'no sample could be taken in the window', facts };
  const reason = whyOpen(box, summary, watched);
  return reason === null
    ? { box, answer: 'proved', reason: quiet[box](summary), facts }
    : { box, answer: 'open', reason, facts };
};

/** Boxes 16.1–16.4 at the end of the window, or at an alarm. */
export const judgeWatch = (summary: WatchSummary, watched: Watched): readonly BoxAnswer[] => [
  answerBox('16.1', summary, watched),
  {
    box: '16.2',
    answer: 'open',
    reason: 'the application log is not read yet; it comes with the log groups of the deployed workflow',
  },
  answerBox('16.3', summary, watched),
  answerBox('16.4', summary, watched),
];
