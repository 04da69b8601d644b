/** One execution under way: its journal with what a replay finds in it, and the services that its states use. */
import type { Clock } from './clock';
import type { Machine } from './definition';
import { StateFailed } from './errors';
import type { ExecutionDescription } from './execution-record';
import { type HistoryEvent, mostEvents } from './history';
import type { Journal, JournalLine } from './journal';
import type { WaitingTasks } from './waiting-tasks';

/** Calls a handler; `functionName` is the last part of the function's ARN. Rejects with the handler's error. */
export type FunctionInvoker = (functionName: string, payload: unknown, signal: AbortSignal) => Promise<unknown>;

export type ExecutionIdentity = {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly journalId: string;
  /** ISO 8601. */
  readonly startDate: string;
  readonly input: unknown;
};

/** Executions that a state starts, of the engine's own workflows. */
export type NestedExecutions = {
  /** Returns its ARN; idempotent for the name and input of a running one. Errors: ApiError. */
  start(request: {
    readonly stateMachineArn: string;
    readonly name?: string;
    readonly input: unknown;
  }): Promise<string>;
  /** Resolves when it has ended. When the signal is aborted while the engine goes on, it is stopped. */
  waitFor(executionArn: string, signal: AbortSignal): Promise<ExecutionDescription>;
};

export type Services = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly invoke: FunctionInvoker;
  readonly nested: NestedExecutions;
};

export type NewLine = {
  readonly key: string;
  readonly state?: string;
  /** With a type the line is a history event too. */
  readonly type?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly previousEventId: number;
  readonly data?: unknown;
};

export type Run = Services & {
  readonly identity: ExecutionIdentity;
  readonly machine: Machine;
  readonly tasks: WaitingTasks;
  /** Aborted when the execution is stopped or the engine closes. */
  readonly signal: AbortSignal;
  /** The line that was journalled under the key before this process; each key is read once. */
  recall(key: string): JournalLine | undefined;
  append(line: NewLine): JournalLine;
  sync(): Promise<void>;
  /** Ends everything that is under way; afterwards nothing can be appended. */
  suspend(reason: Error): void;
};

export const createRun = (
  parts: Services & {
    readonly identity: ExecutionIdentity;
    readonly machine: Machine;
    readonly journal: Journal;
    readonly tasks: WaitingTasks;
    readonly lines: readonly JournalLine[];
    readonly onLine: (line: JournalLine) => void;
  },
): Run => {
  const { identity, machine, journal, tasks, clock, random, invoke, nested } = parts;
  const recorded = new Map(parts.lines.map((line) => [line.key, line]));
  const controller = new AbortController();
  let lastId = parts.lines.reduce((last, line) => Math.max(last, line.event?.id ?? 0), 0);

  const nextEvent = ({ type, details, previousEventId }: NewLine & { readonly type: string }): HistoryEvent => {
    if (lastId + 1 >= mostEvents && !/^Execution(Succeeded|Failed|Aborted)$/.test(type))
      throw new StateFailed({
        error: 'States.Runtime',
        cause: `The execution reached the maximum number of history events (${mostEvents}).`,
      });
    const timestamp = clock.now().toISOString();
    return { id: lastId + 1, previousEventId, timestamp, type, ...(details && { details }) };
  };

  return {
    identity,
    machine,
    tasks,
    clock,
    random,
    invoke,
    nested,
    signal: controller.signal,
    recall: (key) => {
      const line = recorded.get(key);
      recorded.delete(key);
      return line;
    },
    append: (entry) => {
      controller.signal.throwIfAborted();
      const { key, state, type, data } = entry;
      const event = type === undefined ? undefined : nextEvent({ ...entry, type });
      const line = {
        key,
        ...(state !== undefined && { state }),
        ...(event ? { event } : { at: clock.now().toISOString() }),
        ...(data !== undefined && { data }),
      };
      journal.append(line);
      if (event) lastId = event.id;
      parts.onLine(line);
      return line;
    },
    sync: () => journal.sync(),
    suspend: (reason) => controller.abort(reason),
  };
};
