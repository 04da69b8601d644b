/** Engines for tests: a directory of their own, fake handlers, a clock that stands until it is moved. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '#local/engine/clock';
import { type Engine, type EngineOptions, type ExecutionDescription, openEngine } from '#local/engine/engine';

export type Handler = (payload: never, signal: AbortSignal) => unknown;

export const withDirectory = async <T>(work: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'engine-test-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** Throws for a function that the test did not set up. */
export const handlers =
  (byName: Readonly<Record<string, Handler>>): EngineOptions['invoke'] =>
  async (name, payload, signal) => {
    const handler = byName[name];
    if (!handler) throw new Error(`the test has no function ${name}`);
    return handler(payload as never, signal);
  };

export const machine = (
  states: Record<string, unknown>,
  startAt = Object.keys(states)[0],
): Record<string, unknown> => ({
  QueryLanguage: 'JSONata',
  StartAt: startAt,
  States: states,
});

export const invoke = (functionName: string, more: Record<string, unknown> = {}, payload: unknown = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`, Payload: payload },
  ...more,
});

export const ask = (functionName: string, more: Record<string, unknown> = {}) => ({
  ...invoke(functionName, more, { token: '{% $states.context.Task.Token %}' }),
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
});

type Setup = Partial<EngineOptions> & { readonly states?: Record<string, unknown> };

export const openTestEngine = (journalDirectory: string, { states, ...options }: Setup): Promise<Engine> =>
  openEngine({
    definition: machine(states ?? {}),
    stateMachineName: 'Test',
    journalDirectory,
    invoke: handlers({}),
    ...options,
  });

export const withEngine = <T>(setup: Setup, work: (engine: Engine, directory: string) => Promise<T>): Promise<T> =>
  withDirectory(async (directory) => {
    const engine = await openTestEngine(directory, setup);
    try {
      return await work(engine, directory);
    } finally {
      await engine.close();
    }
  });

/** Runs the states to their end. */
export const run = (setup: Setup, input: unknown = {}): Promise<ExecutionDescription> =>
  withEngine(setup, async (engine) => engine.waitFor((await engine.startExecution({ input })).executionArn));

export type StandingClock = Clock & {
  readonly wait: NonNullable<Clock['wait']>;
  /** Moves the time on and ends the waits that are due. */
  advance(milliseconds: number): void;
  /** Resolves when so many are waiting. */
  waiting(count: number): Promise<void>;
  /** How long each wait was to be, in milliseconds. */
  readonly waits: readonly number[];
};

/** Time that only moves when the test says so, or, when `skips`, as soon as anybody waits. */
export const createClock = ({ skips = false } = {}): StandingClock => {
  let nowMs = Date.parse('2026-11-22T10:00:00.000Z');
  const waits: number[] = [];
  const pending = new Set<{ readonly dueMs: number; readonly done: () => void }>();
  let watchers: (() => void)[] = [];
  return {
    waits,
    now: () => new Date(nowMs),
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        waits.push(milliseconds);
        if (skips) {
          nowMs += milliseconds;
          return resolve();
        }
        const entry = { dueMs: nowMs + milliseconds, done: resolve };
        pending.add(entry);
        signal.addEventListener('abort', () => {
          pending.delete(entry);
          reject(signal.reason);
        });
        for (const watcher of watchers) watcher();
      }),
    advance: (milliseconds) => {
      nowMs += milliseconds;
      for (const entry of [...pending].filter(({ dueMs }) => dueMs <= nowMs)) {
        pending.delete(entry);
        entry.done();
      }
    },
    waiting: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (pending.size < count) return;
          watchers = watchers.filter((watcher) => watcher !== look);
          resolve();
        };
        watchers.push(look);
        look();
      }),
  };
};

/** Resolves with the first event of that kind. */
export const eventOf = (engine: Engine, kind: string, state?: string): Promise<void> =>
  new Promise((resolve) => {
    const stop = engine.subscribe((event) => {
      if (event.kind !== kind || (state !== undefined && event.state !== state)) return;
      stop();
      resolve();
    });
  });

export class Named extends Error {
  constructor(name: string, message = 'no luck') {
    super(message);
    this.name = name;
  }
}

export const typesOf = async (engine: Engine, executionArn: string) =>
  (await engine.history(executionArn)).map(({ type }) => type);
