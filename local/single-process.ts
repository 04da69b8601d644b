/** One process per state folder: two engines on one journal would do everything twice. */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOf } from './postgres/processes';

/** Throws when another living process holds the folder; returns what gives it free. */
export const holdFolder = async (directory: string): Promise<() => Promise<void>> => {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'process');
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ processId: process.pid, start: await startOf(process.pid) }));
  try {
    for (;;) {
      try {
        await link(mine, file);
        return () => rm(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as {
        processId?: number;
        start?: string;
      };
      const start = holder.processId ? await startOf(holder.processId) : null;
      if (start !== null && start === holder.start)
        throw new Error(
          `process ${holder.processId} is already running on ${directory}; wait for it, or stop it with Ctrl-C in its terminal`,
        );
      await rm(file, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
};
