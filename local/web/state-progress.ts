/** Derives each state's progress from an execution's history. */
import { answeredIn, type Verdict } from '#local/engine/answered';
import type { HistoryEvent } from './site';

export type Standing = 'running' | 'waiting' | 'done' | 'failed' | 'stopped' | Verdict;

export type StateProgress = {
  readonly name: string;
  /** `waiting` when the state has asked somebody and waits for an answer. */
  readonly standing: Standing;
  /** ISO 8601. */
  readonly enteredAt: string;
  /** Null while the state runs. */
  readonly durationMs: number | null;
  /** Name of the error of the last attempt; null when it had none. */
  readonly error: string | null;
  /** What an alarm or a refusal said, or which state failed beside a stopped one; null otherwise. */
  readonly remark: string | null;
  readonly retries: number;
};

type Stay = {
  name: string;
  standing: Standing;
  enteredAt: string;
  leftAt: string | null;
  error: string | null;
  remark: string | null;
  verdict: Verdict | null;
  retries: number;
};

const textOf = (event: HistoryEvent, member: string): string | null => {
  const value = event.details?.[member];
  return typeof value === 'string' ? value : null;
};

/** How an event changes its state's progress. The first match counts. */
const effects: readonly (readonly [RegExp, (stay: Stay, event: HistoryEvent) => void])[] = [
  [
    /^TaskSucceeded$/,
    (stay, event) => {
      const answered = answeredIn(JSON.parse(textOf(event, 'output') ?? 'null'));
      stay.verdict = answered?.verdict ?? null;
      stay.remark = answered?.words ?? null;
    },
  ],
  [
    /StateExited$/,
    (stay, event) => {
      stay.standing = stay.error === null ? (stay.verdict ?? 'done') : 'failed';
      stay.leftAt = event.timestamp;
    },
  ],
  [
    /StateAborted$/,
    (stay, event) => {
      stay.standing = 'stopped';
      stay.leftAt = event.timestamp;
    },
  ],
  [
    /^TaskScheduled$/,
    (stay) => {
      // The first attempt has no error before it; an attempt with one is a retry.
      if (stay.error !== null) stay.retries += 1;
      stay.error = null;
      stay.leftAt = null;
      stay.standing = 'running';
    },
  ],
  [
    /^TaskSubmitted$/,
    (stay) => {
      stay.standing = 'waiting';
    },
  ],
  [
    /(Failed|TimedOut)$/,
    (stay, event) => {
      stay.error = textOf(event, 'error') ?? event.type;
      stay.standing = 'failed';
      // Unless it is tried again this is its end: a failure that nothing in its branch catches has no exit.
      stay.leftAt = event.timestamp;
    },
  ],
];

const close = (stays: Iterable<Stay>, end: HistoryEvent) => {
  for (const stay of stays) {
    if (stay.leftAt !== null) continue;
    stay.leftAt = end.timestamp;
    stay.standing = 'stopped';
  }
};

const isExecutionEvent = ({ type }: HistoryEvent) => /^Execution/.test(type);
const isExecutionEnd = ({ type }: HistoryEvent) => /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type);

/** Every state that was entered, in the order of its last entry; a state that was entered again shows its last stay. */
export const progressOf = (history: readonly HistoryEvent[]): readonly StateProgress[] => {
  const stays = new Map<string, Stay>();
  const stateOfEvent = new Map<number, string>();
  let lastFailed: string | null = null;
  for (const event of history) {
    if (isExecutionEnd(event)) close(stays.values(), event);
    if (isExecutionEvent(event)) continue;
    // Only entries and exits name their state; what happens between them follows an event that is known by then.
    const name = textOf(event, 'name') ?? stateOfEvent.get(event.previousEventId) ?? '';
    stateOfEvent.set(event.id, name);
    if (event.type.endsWith('StateEntered')) {
      stays.delete(name);
      stays.set(name, {
        name,
        standing: 'running',
        enteredAt: event.timestamp,
        leftAt: null,
        error: null,
        remark: null,
        verdict: null,
        retries: 0,
      });
    }
    const stay = stays.get(name);
    if (/(Failed|TimedOut)$/.test(event.type)) lastFailed = name;
    if (stay && event.type.endsWith('StateAborted') && lastFailed !== null)
      stay.remark = `because ${lastFailed} failed beside it`;
    if (stay) effects.find(([type]) => type.test(event.type))?.[1](stay, event);
  }
  return [...stays.values()].map(({ leftAt, verdict: _, ...stay }) => ({
    ...stay,
    durationMs: leftAt === null ? null : Date.parse(leftAt) - Date.parse(stay.enteredAt),
  }));
};
