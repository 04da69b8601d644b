/**
 * The local half of the port Schedule: timers whose definitions are kept in files, so that the next start continues with them.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Schedule } from '#lambdas/ports/people';

type Definition = {
  readonly name: string;
  readonly everySeconds: number;
  readonly until: string;
  readonly input: unknown;
};

export type LocalSchedule = Schedule & {
  /** Resumes the schedules that an earlier process left. */
  resume(): Promise<void>;
  /** Stops the timers; their definitions stay. */
  close(): Promise<void>;
};

export const createLocalSchedule = ({
  directory,
  invoke,
  onError,
}: {
  readonly directory: string;
  readonly invoke: (input: unknown) => Promise<unknown>;
  readonly onError: (name: string, error: Error) => void;
}): LocalSchedule => {
  const running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  let isClosed = false;
  const fileOf = (name: string) => path.join(directory, `${name}.json`);

  // A call that fails is followed by the next one, as with the schedule on AWS.
  const call = async ({ name, input }: Definition) => {
    try {
      await invoke(input);
    } catch (error) {
      onError(name, error as Error);
    }
  };

  const loop = async (definition: Definition, signal: AbortSignal) => {
    const isOver = () => Date.now() >= Date.parse(definition.until);
    // Already over: no process ran when the last call was due, and an execution may still wait for it.
    if (isOver()) await call(definition);
    while (!signal.aborted && !isOver()) {
      await sleep(definition.everySeconds * 1000, undefined, { signal }).catch(() => undefined);
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
    create: async ({ name, everySeconds, until, input }) => {
      const definition: Definition = { name, everySeconds, until: until.toISOString(), input };
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
