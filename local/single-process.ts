/** One process per state folder: two engines on one journal would do everything twice. */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startOf } from '#local/postgres/processes';

type Holder = { readonly processId: number; readonly start: string | null };

/** Null when nobody holds the folder, or when the file is not readable: a machine that lost power left it half written. */
const readHolder = async (file: string): Promise<Holder | null> => {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder> | null;
    return typeof holder?.processId === 'number' ? { processId: holder.processId, start: holder.start ?? null } : null;
  } catch {
    return null;
  }
};

/** A process id alone may belong to another process by now; together with the start time it does not. */
const lives = async ({ processId, start }: Holder) => start !== null && (await startOf(processId)) === start;

/** True when this process now holds it; link() fails when the name is taken, and the file is complete from the first moment. */
const claim = async (mine: string, file: string): Promise<boolean> => {
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
};

/** True while a process runs on the folder. */
export const isHeld = async (directory: string): Promise<boolean> => {
  const holder = await readHolder(path.join(directory, 'process'));
  return holder !== null && lives(holder);
};

/**
 * 5 s: a process that was just killed, or told to stop, is gone by then; its database takes a moment to end. Whoever works for
 * longer is at work.
 */
const patienceMs = 5_000;
const intervalMs = 100;

/**
 * Waits a moment for a process that is about to end. Throws when another living process holds the folder; returns the function that
 * releases it.
 */
export const holdFolder = async (
  directory: string,
  { waitMs = patienceMs }: { readonly waitMs?: number } = {},
): Promise<() => Promise<void>> => {
  const until = Date.now() + waitMs;
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'process');
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ processId: process.pid, start: await startOf(process.pid) }));
  try {
    while (!(await claim(mine, file))) {
      const holder = await readHolder(file);
      if (holder && (await lives(holder))) {
        if (Date.now() < until) {
          await pause(intervalMs);
          continue;
        }
        throw new Error(
          `process ${holder.processId} is already running on ${directory}; wait for it, or stop it with Ctrl-C in its terminal`,
        );
      }
      await rm(file, { force: true });
    }
    return () => rm(file, { force: true });
  } finally {
    await rm(mine, { force: true });
  }
};
