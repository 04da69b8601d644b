/**
 * Runs a workflow file on this machine, as Step Functions would. Every execution has a journal; an engine that is opened on the
 * same directory after a crash continues where the last one stopped: it calls no finished handler again and asks nobody twice.
 */
import type { Clock } from './clock';
import { ApiError } from './errors';
import type { ExecutionEvent } from './execution-event';
import {
  descriptionOf,
  type ExecutionDescription,
  type ExecutionStatus,
  type ExecutionSummary,
} from './execution-record';
import { openExecutions } from './executions';
import type { HistoryEvent } from './history';
import { openJournalDirectory } from './journal-directory';
import { isTooLarge } from './limits';
import { loadMachine } from './load';
import { stateMachineArnOf } from './names';
import type { FunctionInvoker } from './run';
import { shownHistory, withoutTokens } from './shown-history';
import type { Answer } from './waiting-tasks';

export type { ExecutionEvent, ExecutionEventKind } from './execution-event';
export type { ExecutionDescription, ExecutionStatus, ExecutionSummary } from './execution-record';
export type { HistoryEvent } from './history';
export type { FunctionInvoker } from './run';

export type EngineOptions = {
  /** The workflow file with every `${…}` substituted. */
  readonly definition: Record<string, unknown>;
  readonly stateMachineName: string;
  /** Further workflows that the same engine runs, in the same directory: a name of an execution is used once among all of them. */
  readonly others?: readonly Pick<EngineOptions, 'definition' | 'stateMachineName'>[];
  /** Made when it is not there. One engine at a time. */
  readonly journalDirectory: string;
  readonly invoke: FunctionInvoker;
  readonly clock?: Clock;
  /** From 0 to 1, for the jitter of retries. */
  readonly random?: () => number;
};

export type StateMachine = { readonly stateMachineArn: string; readonly definition: Record<string, unknown> };

export type StartedExecution = { readonly executionArn: string; readonly startDate: Date };

/** The Step Functions operations, with parsed JSON instead of texts. Refusals are ApiErrors with AWS's names. */
export type Engine = {
  /** Of the workflow that is started where none is named. */
  readonly stateMachineArn: string;
  /** All of them, that one first. */
  readonly stateMachines: readonly StateMachine[];
  readonly openedAt: Date;
  /** Idempotent for the name and input of a running execution. Errors: InvalidName, InvalidExecutionInput, ExecutionAlreadyExists. */
  startExecution(request: {
    readonly name?: string;
    readonly input: unknown;
    /** One of the engine's own. */
    readonly stateMachineArn?: string;
  }): Promise<StartedExecution>;
  /** Errors: InvalidArn, ExecutionDoesNotExist; the same for the other operations that take an ARN. */
  describeExecution(executionArn: string): Promise<ExecutionDescription>;
  /** The last one started comes first. */
  listExecutions(filter?: { readonly status?: ExecutionStatus }): Promise<readonly ExecutionSummary[]>;
  /** Oldest first, without task tokens. */
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
  stopExecution(
    executionArn: string,
    reason?: { readonly error?: string; readonly cause?: string },
  ): Promise<{ readonly stopDate: Date }>;
  /** The answer is on the disk when this returns. Errors: InvalidToken, TaskDoesNotExist, TaskTimedOut, InvalidOutput. */
  sendTaskSuccess(taskToken: string, output: unknown): Promise<void>;
  sendTaskFailure(taskToken: string, failure: { readonly error?: string; readonly cause?: string }): Promise<void>;
  sendTaskHeartbeat(taskToken: string): Promise<void>;
  /** Resolves when the execution has ended. Rejects when the engine closes before, or the journal cannot be written. */
  waitFor(executionArn: string): Promise<ExecutionDescription>;
  /**
   * Returns how to unsubscribe. A listener that subscribes right after openEngine gets the earlier events of running executions
   * again.
   */
  subscribe(listener: (event: ExecutionEvent) => void): () => void;
  /** Stops timers and calls; the journals stay, and a later engine continues. */
  close(): Promise<void>;
};

/** Opens the engine and resumes the executions that an earlier one left. Errors: InvalidDefinition. */
export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const { definition, stateMachineName, invoke, clock = { now: () => new Date() }, random = Math.random } = options;
  const load = (one: Pick<EngineOptions, 'definition' | 'stateMachineName'>) => ({
    definition: one.definition,
    stateMachineName: one.stateMachineName,
    machine: loadMachine(one.definition, one.stateMachineName),
  });
  const first = load({ definition, stateMachineName });
  const others = (options.others ?? []).map(load);
  const directory = await openJournalDirectory(options.journalDirectory);
  const listeners = new Set<(event: ExecutionEvent) => void>();
  const executions = await openExecutions({
    workflows: [first, ...others],
    directory,
    invoke,
    clock,
    random,
    // Not within the engine's own call, so that a listener's mistake cannot stop an execution half way.
    onEvent: (event) =>
      queueMicrotask(() => {
        for (const listener of listeners) listener(event);
      }),
  });
  // A turn later, so that the caller can subscribe first.
  setImmediate(() => executions.begin());

  const describe = async (executionArn: string): Promise<ExecutionDescription> => {
    const { journalId } = executions.locate(executionArn);
    const { first, last, tokens } = await executions.readEnds(journalId);
    const { startDate, stopDate, ...described } = descriptionOf(first, last);
    return { ...withoutTokens(described, tokens), startDate, ...(stopDate && { stopDate }) };
  };
  const answer = (token: string, given: Answer) => executions.locateTask(token).answer(token, given);

  return {
    stateMachineArn: stateMachineArnOf(stateMachineName),
    stateMachines: [first, ...others].map((one) => ({
      stateMachineArn: stateMachineArnOf(one.stateMachineName),
      definition: one.definition,
    })),
    openedAt: clock.now(),
    startExecution: ({ name, input, stateMachineArn = stateMachineArnOf(stateMachineName) }) =>
      executions.start(name, input, stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1)),
    describeExecution: describe,
    listExecutions: async ({ status } = {}) =>
      executions.summaries().filter((summary) => status === undefined || summary.status === status),
    history: async (executionArn) => shownHistory(await directory.read(executions.locate(executionArn).journalId)),
    stopExecution: async (executionArn, reason = {}) => {
      const { journalId, execution, summary } = executions.locate(executionArn);
      if (!execution) return { stopDate: summary.stopDate ?? summary.startDate };
      await execution.stop(reason);
      const { last } = await executions.readEnds(journalId);
      return { stopDate: new Date(last.event?.timestamp ?? clock.now()) };
    },
    sendTaskSuccess: async (taskToken, output) => {
      if (isTooLarge(output)) throw new ApiError('InvalidOutput', 'the output is larger than 262144 bytes');
      // Through JSON, so that the workflow sees what it will see again after a restart.
      await answer(taskToken, { output: JSON.parse(JSON.stringify(output ?? null)) as unknown });
    },
    sendTaskFailure: (taskToken, { error, cause }) =>
      answer(taskToken, { failure: { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) } }),
    sendTaskHeartbeat: async (taskToken) => executions.locateTask(taskToken).heartbeat(taskToken),
    waitFor: async (executionArn) => {
      await executions.locate(executionArn).execution?.ended;
      return describe(executionArn);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => executions.close(),
  };
};
