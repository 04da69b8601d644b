/** One execution from its first journal line to its last: started, resumed, answered, stopped. */
import type { Machine } from './definition';
import { ApiError, type Failure, RunSuspended, StateFailed } from './errors';
import { type ExecutionEvent, executionEventOf } from './execution-event';
import { endKey, identityOf } from './execution-record';
import type { Frame } from './frame';
import { errorDetails, outputDetails } from './history';
import type { Journal, JournalLine } from './journal';
import { runMachine } from './machine';
import { createRun, type ExecutionIdentity, type NewLine, type Services } from './run';
import { type Answer, createWaitingTasks, redactTokens, type WaitingTasks } from './waiting-tasks';

export type Execution = {
  readonly identity: ExecutionIdentity;
  /** Resolves with the last line when that is on the disk; rejects when the journal cannot be written or the engine closes. */
  readonly ended: Promise<JournalLine>;
  readonly tokens: () => readonly string[];
  begin(): void;
  /** Returns the last line; the one that is there already when the execution has ended. */
  stop(failure: Failure): Promise<JournalLine>;
  /** The answer is on the disk when this returns. Throws TaskTimedOut, TaskDoesNotExist. */
  answer(token: string, answer: Answer): Promise<void>;
  heartbeat(token: string): void;
  /** Stops without an end: the next engine on the same directory continues. */
  suspend(): Promise<void>;
};

const finished = /:(outcome|answer|exited|failed|aborted)$/;

/** Registers the tokens of an earlier process, so that they can be answered before the replay reaches them. */
const restoreTokens = (tasks: WaitingTasks, lines: readonly JournalLine[]) => {
  const over = lines.filter(({ key }) => finished.test(key)).map(({ key }) => key.replace(finished, ''));
  const isOver = (key: string) =>
    over.some((base) => key === base || (key.startsWith(base) && './'.includes(key.charAt(base.length))));
  for (const { key, data } of lines) {
    const { token, deadlineMs } = (data ?? {}) as {
      readonly token?: string | null;
      readonly deadlineMs?: number | null;
    };
    if (typeof token !== 'string') continue;
    const attempt = key.replace(/:scheduled$/, '');
    tasks.expect(token, attempt, deadlineMs ?? null);
    if (isOver(attempt)) tasks.close(token);
  }
};

/** `lines` holds at least the start; `isReplay` says whether they were written by an earlier process. */
export const openExecution = (
  parts: Services & {
    readonly machine: Machine;
    readonly journal: Journal;
    readonly lines: readonly JournalLine[];
    readonly isReplay: boolean;
    readonly onEvent: (event: ExecutionEvent) => void;
  },
): Execution => {
  const { machine, journal, lines, clock, random, invoke, nested } = parts;
  const [first] = lines;
  if (!first) throw new Error('an execution needs the line of its start');
  const identity = identityOf(first);
  const tasks = createWaitingTasks(clock);
  restoreTokens(tasks, lines);

  const emit = (line: JournalLine, replayed: boolean) => {
    const event = executionEventOf(identity, line, replayed);
    if (event) parts.onEvent(JSON.parse(redactTokens(JSON.stringify(event), tasks.tokens())) as ExecutionEvent);
  };
  const run = createRun({
    identity,
    machine,
    journal,
    tasks,
    lines,
    clock,
    random,
    invoke,
    nested,
    onLine: (line) => emit(line, false),
  });

  let settle: { resolve: (line: JournalLine) => void; reject: (error: Error) => void } | undefined;
  const ended = new Promise<JournalLine>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Those who wait get the error; an execution that nobody waits for must not end the process.
  ended.catch(() => undefined);
  let last: JournalLine | undefined;

  const end = async (line: Pick<NewLine, 'type' | 'details' | 'previousEventId'>): Promise<JournalLine> => {
    // The last line keeps the tokens, so that they are recognised and redacted without reading the whole journal.
    const written = run.append({ ...line, key: endKey, data: { tokens: tasks.tokens() } });
    last = written;
    run.suspend(new RunSuspended(`execution ${identity.name} has ended`));
    await journal.close();
    settle?.resolve(written);
    return written;
  };

  const follow = async () => {
    const frame: Frame = { run, path: '', outer: {}, variables: {}, signal: run.signal, lastEventId: 0 };
    try {
      const output = await runMachine(frame, machine, identity.input);
      await end({ type: 'ExecutionSucceeded', details: outputDetails(output), previousEventId: frame.lastEventId });
    } catch (error) {
      if (!(error instanceof StateFailed)) throw error;
      const details = errorDetails(error.failure);
      await end({ type: 'ExecutionFailed', details, previousEventId: frame.lastEventId });
    }
  };

  const find = (token: string) => {
    const task = tasks.find(token);
    if (task === undefined) throw new ApiError('TaskDoesNotExist', 'no task was ever given this token');
    const isLate = task.deadlineMs !== null && clock.now().getTime() >= task.deadlineMs;
    if (task.state !== 'waiting' || isLate || run.signal.aborted)
      throw new ApiError('TaskTimedOut', 'the task of this token was answered, timed out or was cancelled');
    return task;
  };

  return {
    identity,
    ended,
    tokens: tasks.tokens,
    begin: () => {
      for (const line of lines) emit(line, parts.isReplay);
      follow().catch((error: Error) => {
        if (error instanceof RunSuspended) return;
        run.suspend(new RunSuspended(`execution ${identity.name} cannot continue`));
        settle?.reject(error);
      });
    },
    stop: async (failure) => {
      if (last) return ended;
      return end({ type: 'ExecutionAborted', details: errorDetails(failure), previousEventId: 0 });
    },
    answer: async (token, answer) => {
      const task = find(token);
      run.append({ key: `${task.key}:answer`, data: answer, previousEventId: 0 });
      tasks.settle(token, answer);
      await run.sync();
    },
    heartbeat: (token) => {
      find(token).lastHeartbeatMs = clock.now().getTime();
    },
    suspend: async () => {
      if (last) return;
      run.suspend(new RunSuspended('the engine is closed; the execution continues when it is opened again'));
      settle?.reject(new RunSuspended('the engine was closed; the execution continues when it is opened again'));
      await journal.close();
    },
  };
};
