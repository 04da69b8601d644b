/** Makes a PostgreSQL data directory. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries';
import { adviceFor } from './failure-advice';
import { giveTo } from './run-as';

const run = promisify(execFile);

export type Superuser = { readonly user: string; readonly password: string };

const options: readonly string[] = [...['--auth=scram-sha-256', '--encoding=UTF8', '--no-sync', '--no-instructions']];

// PostgreSQL's own C.UTF-8, from version 17 on: the system's is missing on macOS and on older Linux.
const ownLocale: readonly string[] = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/**
 * initdb into a folder that is empty or does not exist yet: UTF-8, SCRAM for every login. When it fails, it removes what it made
 * and leaves alone what was there before.
 */
export const createCluster = async (
  binaries: PostgresBinaries,
  directory: string,
  superuser: Superuser,
  locale: readonly string[] = ownLocale,
) => {
  const passwordFile = `${directory}.password`;
  const made = await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    await giveTo(binaries.runAs, directory);
    await writeFile(passwordFile, superuser.password, { mode: 0o600 });
    await giveTo(binaries.runAs, passwordFile);
    await run(
      binaries.initdb,
      [`--pgdata=${directory}`, `--username=${superuser.user}`, `--pwfile=${passwordFile}`, ...options, ...locale],
      {
        ...binaries.runAs,
        cwd: path.dirname(directory),
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
  } catch (cause) {
    if (made) await rm(directory, { recursive: true, force: true });
    const words = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new Error(`PostgreSQL could not create its data directory ${directory}: ${words}${adviceFor(words)}`, {
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
};
