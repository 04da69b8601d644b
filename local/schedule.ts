/**
 * The local half of the port Schedule: timers whose definitions are kept in files, so that the next start continues with them.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Schedule, ScheduledFunction } from '#lambdas/ports/people';

type Definition = {
  readonly name: string;
  /** Left out in what version 0.8.0 and before has left: only samples were scheduled. */
  readonly calls?: ScheduledFunction;
  readonly everySeconds: number;
  /** ISO 8601; left out: the first call comes one interval after the start. */
  readonly from?: string;
  readonly until: string;
  readonly input: unknown;
};

export type LocalSchedule = Schedule & {
  /** Resumes the schedules that an earlier process left. */
  resume(): Promise<void>;
  /** Stops the timers; their definitions stay. */
  close(): Promise<void>;
};

/** Until the next call is due. With `from` this depends on the hour and not on when this process was started. */
const waitMs = ({ everySeconds, from }: Definition, nowMs: number): number => {
  const everyMs = everySeconds * 1000;
  if (from === undefined) return everyMs;
  const sinceMs = nowMs - Date.parse(from);
  return sinceMs < 0 ? -sinceMs : everyMs - (sinceMs % everyMs);
};

export const createLocalSchedule = ({
  directory,
  invoke,
  onError,
}: {
  readonly directory: string;
  readonly invoke: (input: unknown, calls: ScheduledFunction) => Promise<unknown>;
  readonly onError: (name: string, error: Error) => void;
}): LocalSchedule => {
  const running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  let isClosed = false;
  const fileOf = (name: string) => path.join(directory, `${name}.json`);

  // A call that fails is followed by the next one, as with the schedule on AWS.
  const call = async ({ name, input, calls = 'SampleActivity' }: Definition) => {
    try {
      await invoke(input, calls);
    } catch (error) {
      onError(name, error as Error);
    }
  };

  const loop = async (definition: Definition, signal: AbortSignal) => {
    const isPast = (moment: string) => Date.now() >= Date.parse(moment);
    const isOver = () => isPast(definition.until);
    // Already over, or due at its hour: no process ran when a call was due, and an execution or people may still wait for it.
    if (isOver() || (definition.from !== undefined && isPast(definition.from))) await call(definition);
    while (!signal.aborted && !isOver()) {
      await sleep(waitMs(definition, Date.now()), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await call(definition);
    }
    if (!signal.aborted) await rm(fileOf(definition.name), { force: true });
  };

  const start = (definition: Definition): void => {
    const earlier = running.get(definition.name);
    // One that was removed is still in its last call, which may take a while.
    if (earlier?.abort.signal.aborted) void earlier.done.then(() => !isClosed && start(definition));
    if (earlier) return;
    const abort = new AbortController();
    const done = loop(definition, abort.signal).finally(() => running.delete(definition.name));
    running.set(definition.name, { abort, done });
  };

  return {
    create: async ({ name, calls, everySeconds, from, until, input }) => {
      const begins = from && { from: from.toISOString() };
      const definition: Definition = { name, calls, everySeconds, ...begins, until: until.toISOString(), input };
      await mkdir(directory, { recursive: true });
      await writeFile(`${fileOf(name)}.new`, JSON.stringify(definition));
      await rename(`${fileOf(name)}.new`, fileOf(name));
      start(definition);
    },
    remove: async (name) => {
      await rm(fileOf(name), { force: true });
      // Not awaited: the call that removes its own schedule is the one under way.
      running.get(name)?.abort.abort();
    },
    resume: async () => {
      const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.json'));
      for (const name of names) start(JSON.parse(await readFile(path.join(directory, name), 'utf8')) as Definition);
    },
    close: async () => {
      isClosed = true;
      const all = [...running.values()];
      for (const { abort } of all) abort.abort();
      await Promise.all(all.map(({ done }) => done));
    },
  };
};
