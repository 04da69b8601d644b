/** The events for a live view, made from the journal's lines. */
import type { Failure } from './errors';
import type { JournalLine } from './journal';
import type { ExecutionIdentity } from './run';

export type ExecutionEventKind =
  | 'ExecutionStarted'
  | 'StateEntered'
  | 'TaskScheduled'
  | 'WaitingForToken'
  | 'WaitingForExecution'
  | 'TaskRetried'
  | 'TaskSucceeded'
  | 'StateExited'
  | 'StateCaught'
  | 'StateFailed'
  | 'StateAborted'
  | 'ExecutionSucceeded'
  | 'ExecutionFailed'
  | 'ExecutionAborted';

export type ExecutionEvent = {
  readonly executionArn: string;
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: ExecutionEventKind;
  readonly state?: string;
  /** Of the stay in the state, or of the pause before a retry. */
  readonly durationMs?: number;
  readonly error?: string;
  readonly cause?: string;
  readonly output?: unknown;
  /** True when it happened in an earlier process and is only repeated. */
  readonly replayed: boolean;
};

type Data = Failure & {
  readonly caught?: Failure;
  readonly failure?: Failure;
  readonly durationMs?: number;
  readonly delayMs?: number;
};
type Details = Failure & { readonly output?: string; readonly resourceType?: string };

/** Kinds of the lines that are no history events, by the last part of their keys. */
const kindsByKey: Readonly<Record<string, ExecutionEventKind>> = { retry: 'TaskRetried', failed: 'StateFailed' };

const kindsByType: Readonly<Record<string, ExecutionEventKind>> = {
  ExecutionStarted: 'ExecutionStarted',
  TaskScheduled: 'TaskScheduled',
  TaskSubmitted: 'WaitingForToken',
  TaskSucceeded: 'TaskSucceeded',
  ExecutionSucceeded: 'ExecutionSucceeded',
  ExecutionFailed: 'ExecutionFailed',
  ExecutionAborted: 'ExecutionAborted',
};

const kindOf = ({ key, event, data }: JournalLine): ExecutionEventKind | undefined => {
  if (!event) return kindsByKey[key.slice(key.lastIndexOf(':') + 1)];
  const [, passage] = /State(Entered|Exited|Aborted)$/.exec(event.type) ?? [];
  if (passage === 'Exited' && (data as Data).caught) return 'StateCaught';
  if (passage) return `State${passage}` as ExecutionEventKind;
  const isNested = event.type === 'TaskSubmitted' && (event.details as Details).resourceType === 'states';
  return isNested ? 'WaitingForExecution' : kindsByType[event.type];
};

/** Null for lines that a view does not need. */
export const executionEventOf = (
  { executionArn, name }: ExecutionIdentity,
  line: JournalLine,
  replayed: boolean,
): ExecutionEvent | null => {
  const kind = kindOf(line);
  if (kind === undefined) return null;
  const details = (line.event?.details ?? {}) as Details;
  const data = (line.data ?? {}) as Data;
  const { error, cause } = data.caught ?? data.failure ?? (line.event ? details : data);
  const durationMs = data.durationMs ?? data.delayMs;
  return {
    executionArn,
    name,
    at: line.event?.timestamp ?? line.at ?? '',
    kind,
    ...(line.state !== undefined && { state: line.state }),
    ...(durationMs !== undefined && { durationMs }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...(details.output !== undefined && { output: JSON.parse(details.output) as unknown }),
    replayed,
  };
};
