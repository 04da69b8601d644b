/** The folder of a rehearsal's server: in memory where there is room, and removed with the rehearsal. */
import { chmod, lstat, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandOf } from '#local/postgres/processes';
import type { RunAs } from '#local/postgres/run-as';
import { stopLeftover } from '#local/postgres/server';

/** Of the server's data in the folder. */
export const dataDirectoryName = 'data';

/** Linux keeps it in memory. A copy of a database is a thousand small files, which some disks take half a second for. */
const memoryFolder = '/dev/shm';

/** 4 GiB: the write-ahead log may grow to one, and migrations bring rows. Containers often have 64 MiB here. */
const roomBytes = 4 * 1024 ** 3;

const hasRoom = async (directory: string) => {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize >= roomBytes;
  } catch {
    // There is none on other systems.
    return false;
  }
};

const prefix = 'migration-checklist-rehearsal-';
const ofProcess = new RegExp(`^${prefix}(\\d+)-`);

/** Removes servers and folders of rehearsals that were killed, as far as they are ours. */
const removeLeftovers = async (parent: string) => {
  for (const name of await readdir(parent)) {
    const processId = Number(ofProcess.exec(name)?.[1] ?? 0);
    if (processId === 0 || (await commandOf(processId)) !== null) continue;
    const folder = path.join(parent, name);
    const found = await lstat(folder).catch(() => null);
    // In a folder that everyone may write, only what we own is ours.
    if (!found?.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) continue;
    await stopLeftover(path.join(folder, dataDirectoryName));
    await rm(folder, { recursive: true, force: true });
  }
};

/** Hands over an empty folder in which the server's user can make its data directory. */
export const withDataFolder = async <T>(work: (folder: string) => Promise<T>, runAs: RunAs): Promise<T> => {
  const parent = (await hasRoom(memoryFolder)) ? memoryFolder : tmpdir();
  await removeLeftovers(parent);
  const folder = await mkdtemp(path.join(parent, `${prefix}${process.pid}-`));
  try {
    // mkdtemp makes 0700, which the user that PostgreSQL runs as could not enter.
    if (runAs) await chmod(folder, 0o755);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
