/** The datapoints and states of the alarms, where no CloudWatch keeps them: bounded, and plain JSON. */
import type { Alarm } from '#lambdas/alarms';
import type { Measurements, MetricName } from '#lambdas/metrics';
import type { AlarmState, Transition } from './alarm-states';
import { type Datapoint, evaluateAlarm, evaluationRangeOf } from './evaluate-alarm';

export type AlarmBook = {
  /** ISO 8601; null before the first look. */
  readonly lastLookAt: string | null;
  /** The latest periods, all metrics alike, the latest last. */
  readonly periods: readonly Measurements[];
  /** By alarm, oldest first. */
  readonly transitions: Readonly<Record<string, readonly Transition[]>>;
};

export const emptyBook: AlarmBook = { lastLookAt: null, periods: [], transitions: {} };

export type EnteredLook = {
  readonly at: string;
  readonly intervalSeconds: number;
  readonly measurements: Measurements;
};

/** 50: more than a window can hold that ends at its first alarm, even when warnings come and go. */
const transitionsKept = 50;

/** The state of an alarm, and since when; one that has never changed is OK. */
export const alarmStateOf = (
  { transitions }: AlarmBook,
  id: string,
): { readonly state: AlarmState; readonly at: string; readonly reason: string } => {
  const last = transitions[id]?.at(-1);
  return last ? { state: last.to, at: last.at, reason: last.reason } : { state: 'OK', at: '', reason: '' };
};

/**
 * Periods in which nobody looked, between two looks. A look of a window of seconds may come late on a busy machine and is
 * still the next one, so no period counts as missing in less than a minute.
 */
const periodsWithoutLook = (book: AlarmBook, { at, intervalSeconds }: EnteredLook): number => {
  if (book.lastLookAt === null) return 0;
  const sinceMs = Date.parse(at) - Date.parse(book.lastLookAt);
  return Math.max(0, Math.floor(sinceMs / Math.max(intervalSeconds * 1000, 60_000)) - 1);
};

const pointsOf = (periods: readonly Measurements[], metric: MetricName): readonly Datapoint[] =>
  periods.map((measured) => measured[metric] ?? null);

export type Moved = Transition & { readonly id: string };

/** Enters a look and says which alarms it moved. */
export const enterLook = (
  book: AlarmBook,
  table: readonly Alarm[],
  look: EnteredLook,
): { readonly book: AlarmBook; readonly moved: readonly Moved[] } => {
  const longest = Math.max(...table.map(evaluationRangeOf));
  const empty = Array.from({ length: Math.min(longest, periodsWithoutLook(book, look)) }, (): Measurements => ({}));
  const periods = [...book.periods, ...empty, look.measurements].slice(-longest);
  const moved = table.flatMap((alarm): readonly Moved[] => {
    const from = alarmStateOf(book, alarm.id).state;
    const { state: to, reason } = evaluateAlarm(alarm, pointsOf(periods, alarm.metric), from);
    return to === from ? [] : [{ id: alarm.id, at: look.at, from, to, reason }];
  });
  const transitions = { ...book.transitions };
  for (const { id, ...transition } of moved)
    transitions[id] = [...(transitions[id] ?? []), transition].slice(-transitionsKept);
  return { book: { lastLookAt: look.at, periods, transitions }, moved };
};
