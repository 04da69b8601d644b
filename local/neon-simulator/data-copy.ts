/** Copies a PostgreSQL data directory file by file, also while a server writes to it. */
import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunAs } from '#local/postgres/run-as';

// Files that a server recreates when it starts: PostgreSQL's manual, "Making a Base Backup", lists them.
const madeAtStart = /^(postmaster\.(pid|opts)|pgsql_tmp.*|pg_internal\.init.*|t\d+_\d+(_\w+)?(\.\d+)?)$/;

// Folders that must exist and whose content belongs to the running server. Only those of a stopped server hold data.
const emptiedWhenRunning: ReadonlySet<string> = new Set([
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'],
]);

/** After so many bytes the copy yields to other work: 4 MiB take about 2 ms. */
const turnBytes = 4 * 1024 * 1024;
const blockBytes = 1024 * 1024;

const isOneOf = (error: unknown, ...codes: string[]) => codes.includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * One copy under way. Small reads and writes in this thread: a data directory is a thousand small files, for which a hop to the
 * thread pool costs more than the work. `fs.copyFile` may not be used on files of a running server: when one is truncated
 * meanwhile (DROP TABLE, VACUUM), libuv waits for the missing bytes for ever.
 */
const startCopying = (runAs: RunAs) => {
  const block = Buffer.allocUnsafe(blockBytes);
  let canClone = true;
  let bytesOfThisTurn = 0;

  const takeTurns = async (bytes: number) => {
    bytesOfThisTurn += bytes;
    if (bytesOfThisTurn < turnBytes) return;
    bytesOfThisTurn = 0;
    await nextTurn();
  };

  const clone = (source: string, target: string) => {
    try {
      copyFileSync(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
      if (runAs) chownSync(target, runAs.uid, runAs.gid);
      return true;
    } catch (error) {
      if (isOneOf(error, 'ENOENT', 'ENOSPC', 'EDQUOT')) throw error;
      // This filesystem cannot share blocks, so do not try again.
      canClone = false;
      rmSync(target, { force: true });
      return false;
    }
  };

  const copyBytes = async (source: string, target: string) => {
    const from = openSync(source, 'r');
    try {
      const to = openSync(target, 'wx', 0o600);
      try {
        if (runAs) fchownSync(to, runAs.uid, runAs.gid);
        for (let length = -1; length !== 0; ) {
          length = readSync(from, block, 0, block.length, null);
          for (let written = 0; written < length; ) written += writeSync(to, block, written, length - written);
          await takeTurns(length);
        }
      } finally {
        closeSync(to);
      }
    } finally {
      closeSync(from);
    }
  };

  const copyFile = async (source: string, target: string) => {
    try {
      if (canClone && clone(source, target)) return takeTurns(blockBytes / 16);
      await copyBytes(source, target);
    } catch (error) {
      // Dropped while we copied: the log, which is copied too, says so.
      if (!isOneOf(error, 'ENOENT')) throw error;
    }
  };

  const makeDirectory = (directory: string) => {
    mkdirSync(directory, { mode: 0o700 });
    if (runAs) chownSync(directory, runAs.uid, runAs.gid);
  };

  const list = (directory: string) => {
    try {
      return readdirSync(directory, { withFileTypes: true });
    } catch (error) {
      if (isOneOf(error, 'ENOENT')) return [];
      throw error;
    }
  };

  const copyTree = async (source: string, target: string, leaveEmpty: ReadonlySet<string>): Promise<void> => {
    makeDirectory(target);
    for (const entry of list(source)) {
      if (madeAtStart.test(entry.name)) continue;
      const [from, to] = [path.join(source, entry.name), path.join(target, entry.name)];
      if (entry.isSymbolicLink())
        throw new Error(`${from} is a tablespace outside of the data directory, which a local branch cannot share`);
      if (leaveEmpty.has(entry.name)) makeDirectory(to);
      else if (entry.isDirectory()) await copyTree(from, to, new Set());
      else await copyFile(from, to);
    }
  };

  return { copyTree, copyFile };
};

/** The data directory of a server that does not run. The target must not exist. */
export const copyStopped = (source: string, target: string, runAs: RunAs): Promise<void> =>
  startCopying(runAs).copyTree(source, target, new Set());

/** Everything but the log of a running server; only between pg_backup_start and pg_backup_stop. The target must not exist. */
export const copyRunning = (source: string, target: string, runAs: RunAs): Promise<void> =>
  startCopying(runAs).copyTree(source, target, emptiedWhenRunning);

/** The log's segments from one to another, both included, into a copy that `copyRunning` made. */
export const copyLog = async (source: string, target: string, first: string, last: string, runAs: RunAs) => {
  const copying = startCopying(runAs);
  const names = readdirSync(path.join(source, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
  for (const name of names.filter((segment) => segment >= first && segment <= last))
    await copying.copyFile(path.join(source, 'pg_wal', name), path.join(target, 'pg_wal', name));
};
