/** One simulator at a time on a folder. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { adviceFor } from '#local/postgres/failure-advice';
import { startOf } from '#local/postgres/processes';

type Holder = { readonly processId: number; readonly startedAt: string | null };

const read = async (file: string): Promise<Holder | null> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    // None, or one whose writer was killed before it wrote anything.
    return null;
  }
};

/** A process id alone may belong to another process by now; together with the start time it does not. */
const lives = async ({ processId, startedAt }: Holder) =>
  startedAt !== null && (await startOf(processId)) === startedAt;

/** Throws when a living process holds the folder. Returns the function that releases it. */
export const lockHome = async (home: string): Promise<() => Promise<void>> => {
  const file = path.join(home, 'simulator.pid');
  const me: Holder = { processId: process.pid, startedAt: await startOf(process.pid) };
  for (;;) {
    try {
      await writeFile(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST')
        throw new Error(`the local platform cannot write in ${home}: ${message}${adviceFor(message)}`, {
          cause: error,
        });
    }
    const holder = await read(file);
    if (holder && (await lives(holder)))
      throw new Error(
        `process ${holder.processId} already runs the local platform on ${home}; end it first, or start with another folder`,
      );
    await rm(file, { force: true });
  }
};
