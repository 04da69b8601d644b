/**
 * The state directory of runs on this machine, below the folder in which the command was started: each project and each
 * target has its own.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { RunOptions } from './run-options';

const home = '.local';
const projects = path.join(home, 'projects');

/** `null` is the samples on the embedded database; every other project and target has a name of its own. */
const stateDirectoryNamed = (project: string | null): string =>
  path.resolve(project === null ? home : path.join(projects, project));

export const storeIn = (stateDirectory: string): string => path.join(stateDirectory, 'store');

/** Where the decision log, the schema page and incident reports go unless a folder is named. */
const documentsIn = (stateDirectory: string): string => path.join(stateDirectory, 'documents');

/** Nothing is written outside the state directory unless it was asked for. */
export const documentsFolder = (stateDirectory: string, named: string | null): string =>
  named === null ? documentsIn(stateDirectory) : path.resolve(named);

/** Those in which something ran, the samples' own first; relative, as a person would type them. */
export const listStateDirectories = (): readonly string[] =>
  [
    home,
    ...(existsSync(projects)
      ? readdirSync(projects)
          .sort()
          .map((name) => path.join(projects, name))
      : []),
  ].filter((directory) => existsSync(storeIn(directory)));

/** The stores that are there, in the same order. */
export const listStores = (): readonly string[] => listStateDirectories().map(storeIn);

/** Host, port and database: another role or connection option is still the same target. */
const targetOf = (databaseUrl: string) => {
  if (!URL.canParse(databaseUrl)) return databaseUrl;
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname.toLowerCase()}:${port || 5432}${pathname}`;
};

/**
 * `.local` for the samples on the embedded database; for other migrations or a server of the user's a folder below it, named
 * after both, so that a ledger, a journal or a mailbox is never mixed up with another one's.
 */
export const stateDirectoryOf = ({
  migrations,
  databaseUrl,
}: Pick<RunOptions, 'migrations' | 'databaseUrl'>): string => {
  const directory = path.resolve(migrations);
  if (databaseUrl === null && directory === path.resolve('migrations')) return stateDirectoryNamed(null);
  const name = path.basename(path.dirname(directory)).replaceAll(/[^A-Za-z0-9._-]/g, '-');
  const hash = createHash('sha256')
    .update(JSON.stringify([directory, databaseUrl && targetOf(databaseUrl)]))
    .digest('hex')
    .slice(0, 8);
  return stateDirectoryNamed(`${name}-${hash}`);
};
