/** Every execution of an engine: the running ones with their state, the ended ones as summaries. */
import { randomUUID } from 'node:crypto';
import type { Machine } from './definition';
import { ApiError, RunSuspended } from './errors';
import { type Execution, openExecution } from './execution';
import type { ExecutionEvent } from './execution-event';
import {
  descriptionOf,
  type ExecutionSummary,
  type StartData,
  startDataOf,
  startKey,
  summaryOf,
} from './execution-record';
import { inputDetails } from './history';
import type { Journal, JournalLine } from './journal';
import type { JournalDirectory } from './journal-directory';
import { isTooLarge } from './limits';
import { loadMachine } from './load';
import { executionArnOf, isExecutionName, journalIdOf, parseExecutionArn, roleArn } from './names';
import type { NestedExecutions, Services } from './run';
import { journalIdOfToken } from './waiting-tasks';

export type Executions = {
  /** Resumes what an earlier engine left. */
  begin(): void;
  /** `stateMachineName` is one of the workflows; left out: the first. */
  start(
    name: string | undefined,
    input: unknown,
    stateMachineName?: string,
  ): Promise<{ readonly executionArn: string; readonly startDate: Date }>;
  /** `execution` is there while it runs. Throws InvalidArn, ExecutionDoesNotExist. */
  locate(executionArn: string): {
    readonly journalId: string;
    readonly summary: ExecutionSummary;
    readonly execution: Execution | undefined;
  };
  /** Throws InvalidToken, TaskDoesNotExist, TaskTimedOut. */
  locateTask(token: string): Execution;
  /** The first and the last line, and the tokens that must not be shown. */
  readEnds(
    journalId: string,
  ): Promise<{ readonly first: JournalLine; readonly last: JournalLine; readonly tokens: readonly string[] }>;
  /** The last one started comes first. */
  summaries(): readonly ExecutionSummary[];
  close(): Promise<void>;
};

/** A workflow file with every `${…}` substituted, and what the engine runs of it. */
export type Workflow = {
  readonly definition: Record<string, unknown>;
  readonly machine: Machine;
  readonly stateMachineName: string;
};

const ignore = () => undefined;

type Options = Omit<Services, 'nested'> & {
  /** The first one is what is started where none is named. */
  readonly workflows: readonly [Workflow, ...Workflow[]];
  readonly directory: JournalDirectory;
  readonly onEvent: (event: ExecutionEvent) => void;
};

const requireStartable = (name: string, input: unknown) => {
  if (!isExecutionName(name))
    throw new ApiError(
      'InvalidName',
      `${JSON.stringify(name)} is not an execution name: expected 1 to 80 characters, no white space or any of <>{}[]?*"#%\\^|~\`$&,;:/`,
    );
  if (input === undefined) throw new ApiError('InvalidExecutionInput', 'there is no input; expected a JSON value');
  if (isTooLarge(input)) throw new ApiError('InvalidExecutionInput', 'the input is larger than 262144 bytes');
};

export const openExecutions = async (options: Options): Promise<Executions> => {
  const { directory, onEvent, clock, random, invoke } = options;
  const [first, ...others] = options.workflows;
  const kept = [first, ...others].map((one) => ({ ...one, definitionName: directory.keepDefinition(one.definition) }));
  const workflowOf = (stateMachineName: string) =>
    kept.find((one) => one.stateMachineName === stateMachineName) as (typeof kept)[number];
  const summaries = new Map<string, ExecutionSummary>();
  const running = new Map<string, Execution>();
  let isClosed = false;

  const nested: NestedExecutions = {
    start: async ({ stateMachineArn, name, input }) => {
      const stateMachineName = stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1);
      if (!kept.some((one) => one.stateMachineName === stateMachineName))
        throw new ApiError('StateMachineDoesNotExist', `there is no ${stateMachineArn}`);
      return (await executions.start(name, input, stateMachineName)).executionArn;
    },
    waitFor: async (executionArn, signal) => {
      const { journalId, execution } = executions.locate(executionArn);
      // Whose engine is closed goes on with it later; whoever was stopped, or ran out of time, takes it along.
      const stop = () => {
        if (!isClosed)
          execution?.stop({ error: 'Stopped', cause: 'the execution that started it has ended' }).catch(ignore);
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        await execution?.ended;
      } finally {
        signal.removeEventListener('abort', stop);
      }
      const { first: begun, last } = await readEnds(journalId);
      return descriptionOf(begun, last);
    },
  };

  const add = (parts: { machine: Machine; journal: Journal; lines: readonly JournalLine[]; isReplay: boolean }) => {
    const execution = openExecution({ ...parts, clock, random, invoke, nested, onEvent });
    const { identity } = execution;
    running.set(identity.journalId, execution);
    execution.ended.then(
      (last) => {
        summaries.set(identity.journalId, summaryOf(identity, last));
        running.delete(identity.journalId);
      },
      // It stays with the running ones: the next engine continues it.
      () => undefined,
    );
    return execution;
  };

  const resume = async (journalId: string) => {
    const { journal, lines } = await directory.reopen(journalId);
    const { definition: name, stateMachineName } = startDataOf(lines[0] as JournalLine);
    // An execution ends on the definition it began with, as on AWS.
    const ofNow = kept.find(({ definitionName }) => definitionName === name);
    const its = ofNow?.machine ?? loadMachine(await directory.readDefinition(name), stateMachineName);
    return add({ machine: its, journal, lines, isReplay: true });
  };

  const readEnds = async (journalId: string) => {
    const ends = await directory.readEnds(journalId);
    if (!ends) throw new ApiError('ExecutionDoesNotExist', `the journal ${journalId} is empty`);
    const kept = (ends.last.data ?? {}) as { readonly tokens?: readonly string[] };
    return { ...ends, tokens: running.get(journalId)?.tokens() ?? kept.tokens ?? [] };
  };

  /** The running execution of the same name and input; an error for any other of that name. */
  const findTwin = async (journalId: string, stateMachineName: string, summary: ExecutionSummary, input: unknown) => {
    const { first: start } = await readEnds(journalId);
    const isSame = startDataOf(start).stateMachineName === stateMachineName;
    if (isSame && summary.status === 'RUNNING' && start.event?.details?.['input'] === JSON.stringify(input))
      return summary;
    throw new ApiError(
      'ExecutionAlreadyExists',
      `${summary.executionArn} exists already and is ${summary.status}; choose another name`,
    );
  };

  const create = (
    { machine, stateMachineName, definitionName }: (typeof kept)[number],
    journalId: string,
    name: string,
    input: unknown,
  ) => {
    const data: StartData = { name, stateMachineName, definition: definitionName };
    const timestamp = clock.now().toISOString();
    const details = { ...inputDetails(input), roleArn };
    const line = {
      key: startKey,
      event: { id: 1, previousEventId: 0, timestamp, type: 'ExecutionStarted', details },
      data,
    };
    const journal = directory.create(journalId, line);
    const execution = add({ machine, journal, lines: [line], isReplay: false });
    const summary = summaryOf(execution.identity, line);
    summaries.set(journalId, summary);
    return { journal, execution, summary };
  };

  for (const { journalId, summary } of await directory.list()) summaries.set(journalId, summary);
  const left: Execution[] = [];
  for (const [journalId, { status }] of summaries) if (status === 'RUNNING') left.push(await resume(journalId));

  const executions: Executions = {
    begin: () => {
      if (!isClosed) for (const execution of left.splice(0)) execution.begin();
    },
    start: async (name = randomUUID(), input, stateMachineName = first.stateMachineName) => {
      if (isClosed) throw new RunSuspended('the engine is closed');
      requireStartable(name, input);
      const journalId = journalIdOf(name);
      const namesake = summaries.get(journalId);
      if (namesake) {
        const { executionArn, startDate } = await findTwin(journalId, stateMachineName, namesake, input);
        return { executionArn, startDate };
      }
      // Nothing is awaited from the look-up to here, so two starts of one name cannot both create it.
      const { journal, execution, summary } = create(workflowOf(stateMachineName), journalId, name, input);
      await journal.sync();
      execution.begin();
      return { executionArn: summary.executionArn, startDate: summary.startDate };
    },
    locate: (executionArn) => {
      const parsed = parseExecutionArn(executionArn);
      if (!parsed) throw new ApiError('InvalidArn', `${JSON.stringify(executionArn)} is not the ARN of an execution`);
      const journalId = journalIdOf(parsed.name);
      const summary = summaries.get(journalId);
      if (!summary || summary.executionArn !== executionArnOf(parsed.stateMachine, parsed.name))
        throw new ApiError('ExecutionDoesNotExist', `there is no execution ${executionArn}`);
      return { journalId, summary, execution: running.get(journalId) };
    },
    locateTask: (token) => {
      const journalId = journalIdOfToken(token);
      if (journalId === null) throw new ApiError('InvalidToken', 'this is not a task token');
      const execution = running.get(journalId);
      if (execution) return execution;
      if (summaries.has(journalId)) throw new ApiError('TaskTimedOut', 'the execution of this token has ended');
      throw new ApiError('TaskDoesNotExist', 'no task was ever given this token');
    },
    readEnds,
    summaries: () => [...summaries.values()].sort((a, b) => b.startDate.getTime() - a.startDate.getTime()),
    close: async () => {
      isClosed = true;
      for (const execution of running.values()) await execution.suspend();
    },
  };
  return executions;
};
