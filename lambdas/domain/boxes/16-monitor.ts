/** Step 16: what the monitoring window says at its end, or at an alarm, and whether the execution must ask a person. */
import { count } from '#domain/count';
import type { Finding } from '#domain/evidence/document';
import type { AlarmStates, RaisedAlarm } from '#domain/monitoring/alarm-states';
import { deadlocksBeforeWatch, type SlowStatement } from '#domain/monitoring/measurements';
import type { ActivitySample } from '#domain/monitoring/sample';
import { between, type WatchSummary } from '#domain/monitoring/watch';
import { alarms, findAlarm, type WatchedBox } from '#lambdas/alarms';
import { failed, type Judge, type Judgement, judgeOf, open, proved, type Room } from './room';

export type MonitorFacts = {
  readonly openedAt: string;
  /** The window's end, or when an alarm ended it before. */
  readonly endedAt: string;
  readonly until: string;
  readonly alarms: AlarmStates;
  readonly summary: WatchSummary;
  /** False when the sample before the migration knew nothing of statements. */
  readonly knowsStatementsOfBefore: boolean;
  /** The application's log groups whose error lines are counted. */
  readonly logGroups: readonly string[];
  readonly outcome: 'quiet' | 'alarm';
  /** The outcome for people. */
  readonly words: string;
};

/** What was really watched: an alarm ends the window before its time. */
type Watched = Pick<MonitorFacts, 'openedAt' | 'endedAt' | 'knowsStatementsOfBefore' | 'logGroups'>;

const targetUnreachable = 'target-unreachable';

const isCritical = ({ id }: RaisedAlarm) => findAlarm(id).severity === 'critical';

/**
 * The alarms that count against the migration: critical, and raised in the window. A target that is away as the window ends is
 * one too, although three looks in a row would make the alarm: nobody saw whether it came back.
 */
export const decisiveAlarms = (states: AlarmStates, summary: WatchSummary, isOver: boolean): readonly RaisedAlarm[] => {
  const raised = states.raised.filter((alarm) => isCritical(alarm) && !alarm.wasUpBefore);
  const isAway = isOver && summary.unreachable > 0 && !raised.some(({ id }) => id === targetUnreachable);
  return isAway
    ? [
        ...raised,
        { id: targetUnreachable, at: summary.answeredAt ?? '', reason: "at the window's end", wasUpBefore: false },
      ]
    : raised;
};

const milliseconds = (ms: number) => `${ms.toFixed(1)} ms`;

const statementInWords = ({ query, meanMs, meanMsBefore }: SlowStatement) =>
  `mean ${milliseconds(meanMs)}, ${meanMsBefore === null ? 'not in the baseline' : `was ${milliseconds(meanMsBefore)}`}: ${query}`;

/** What the looks saw and the metrics do not hold. */
const detailsOf = (id: string, { slow, unreachableBecause }: WatchSummary): readonly string[] => {
  if (findAlarm(id).boxes.includes('16.3') && id !== targetUnreachable) return slow.map(statementInWords);
  return id === targetUnreachable && unreachableBecause !== null ? [unreachableBecause] : [];
};

export const alarmInWords = ({ id, reason }: RaisedAlarm, summary: WatchSummary): string =>
  `${findAlarm(id).title}: ${[reason, ...detailsOf(id, summary)].join('; ')}`;

const wasUpInWords = ({ id, at, reason }: RaisedAlarm) =>
  `"${findAlarm(id).title}" was raised before the window opened (${at}), so it says nothing about the migration: ${reason}`;

const durationInWords = (ms: number) =>
  ms < 2 * 3_600_000 ? `${Math.round(ms / 1000)} s` : `${(ms / 3_600_000).toFixed(1)} h`;

const sleepInWords = ({ suspended, suspendedMs }: WatchSummary) =>
  suspended > 0 ? `; the compute slept for ${durationInWords(suspendedMs)} of it and was not woken` : '';

const quiet: Readonly<Record<WatchedBox, (summary: WatchSummary, watched: Watched) => string>> = {
  '16.1': (summary) =>
    `${count(summary.samples, 'sample')} against the baseline: at most ${count(summary.mostConnections, 'connection')} and ${count(summary.mostLockWaits, 'lock wait')}, no new deadlock${sleepInWords(summary)}`,
  '16.2': (_, { logGroups }) => `the error lines of ${logGroups.join(', ')} stayed below the alarm's threshold`,
  '16.3': (summary) =>
    `${count(summary.samples, 'sample')}: of the ${count(summary.last?.statements?.length ?? 0, 'busiest statement')} none takes more than 3 times its earlier mean${sleepInWords(summary)}`,
  '16.4': (summary) =>
    `at most ${summary.mostConnections} of ${summary.last?.maxConnections ?? '?'} connections used${sleepInWords(summary)}`,
};

/** The checklist's least window. */
const leastWindowMs = 24 * 3_600_000;

/** 1 h: a dozen samples in a row; what happens in a longer silence was not watched. */
const longestSilenceMs = 3_600_000;

/** The longest time on end without an answered look, from the opening to the end. */
const silenceMs = ({ longestGapMs, answeredAt }: WatchSummary, { openedAt, endedAt }: Watched) =>
  Math.max(longestGapMs, between(answeredAt ?? openedAt, endedAt));

/** Why nothing was watched; null when something was. Looks do not read the application's log. */
const whyBlind = (box: WatchedBox, summary: WatchSummary, watched: Watched): string | null => {
  if (box === '16.2')
    return watched.logGroups.length === 0
      ? 'no log group of the application is configured, so its error lines are not counted'
      : null;
  if (summary.samples === 0)
    return summary.suspended > 0
      ? `the compute slept at every look (${summary.suspended}) and was not woken: nobody used the target, so there was no traffic to watch`
      : 'no sample could be taken in the window';
  if (box !== '16.3') return null;
  if (summary.last?.statements === null)
    return 'pg_stat_statements is not installed in the target, so statements cannot be compared';
  if (!watched.knowsStatementsOfBefore) return 'the baseline holds no statements, so there is nothing to compare with';
  const hidden = summary.last?.statementsHidden ?? 0;
  return hidden > 0
    ? `the role may not see ${count(hidden, 'statement')} of other roles, so they were not compared; GRANT pg_read_all_stats to it as a superuser`
    : null;
};

/** Why the box cannot be proved although no alarm was raised; null when it can. */
const whyOpen = (box: WatchedBox, states: AlarmStates, summary: WatchSummary, watched: Watched): string | null => {
  const ofBox = (id: string) => findAlarm(id).boxes.includes(box);
  const before = states.raised.filter((alarm) => alarm.wasUpBefore && isCritical(alarm) && ofBox(alarm.id));
  if (before.length > 0) return before.map(wasUpInWords).join('; ');
  const blind = whyBlind(box, summary, watched);
  if (blind) return blind;
  const unjudged = states.unjudged.filter(ofBox);
  if (unjudged.length > 0)
    return `the alarms ${unjudged.join(', ')} do not exist, so nothing evaluated the metrics; deploy again`;
  const watchedMs = between(watched.openedAt, watched.endedAt);
  const seen = quiet[box](summary, watched);
  if (watchedMs < leastWindowMs)
    return `the target was watched for only ${durationInWords(watchedMs)}, the checklist asks for 24 to 48 h; ${seen}`;
  const silentMs = box === '16.2' ? 0 : silenceMs(summary, watched);
  return silentMs > longestSilenceMs ? `no sample was taken for ${durationInWords(silentMs)} in a row; ${seen}` : null;
};

const judgeBox = (
  box: WatchedBox,
  { alarms: states, summary, until, ...watched }: Watched & Pick<MonitorFacts, 'alarms' | 'summary' | 'until'>,
): Judgement => {
  const failing = decisiveAlarms(states, summary, watched.endedAt >= until).filter(({ id }) =>
    findAlarm(id).boxes.includes(box),
  );
  const facts = {
    alarms: alarms.filter((alarm) => alarm.boxes.includes(box)).map(({ id }) => id),
    summary: { ...summary, first: summary.first?.at ?? null, last: summary.last?.at ?? null },
  };
  if (failing.length > 0) return failed(failing.map((alarm) => alarmInWords(alarm, summary)).join('; '), facts);
  const reason = whyOpen(box, states, summary, watched);
  return reason === null ? proved(quiet[box](summary, watched), facts) : open(reason, facts);
};

const watchedBox = (box: WatchedBox): Judge<MonitorFacts> =>
  judgeOf<MonitorFacts>()(
    ['openedAt', 'endedAt', 'until', 'alarms', 'summary', 'knowsStatementsOfBefore', 'logGroups'],
    (facts) => judgeBox(box, facts),
  );

export const monitor: Room<16, MonitorFacts> = {
  '16.1': watchedBox('16.1'),
  '16.2': watchedBox('16.2'),
  '16.3': watchedBox('16.3'),
  '16.4': watchedBox('16.4'),
};

const earlyDeadlocks = ({ first }: WatchSummary, baseline: ActivitySample): readonly Finding[] => {
  const deadlocks = first ? deadlocksBeforeWatch(first, baseline) : 0;
  const message = `${count(deadlocks, 'deadlock')} between the baseline of Step 4 and the first look: while the migration was applied, or just after; later ones would have raised an alarm`;
  return deadlocks > 0 ? [{ rule: 'deadlocks-before-watch', message, line: null }] : [];
};

/** What a reader of the report should know although it asks nobody: warnings, and what came before the window. */
export const findingsOfWatch = (
  { raised }: AlarmStates,
  summary: WatchSummary,
  baseline: ActivitySample,
): readonly Finding[] => [
  ...earlyDeadlocks(summary, baseline),
  ...raised
    .filter((alarm) => alarm.wasUpBefore || !isCritical(alarm))
    .map((alarm) => ({
      rule: `alarm-${alarm.id}`,
      message: alarm.wasUpBefore ? wasUpInWords(alarm) : alarmInWords(alarm, summary),
      line: null,
    })),
];
