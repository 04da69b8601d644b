/** Where the local runtime keeps its state: each project and each target has a folder of its own. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { stateDirectoryNamed } from '#command-line/local-state';
import type { Options } from './options';

/** Host, port and database: who connects, and how, makes no other target of it. */
const targetOf = (databaseUrl: string) => {
  if (!URL.canParse(databaseUrl)) return databaseUrl;
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname.toLowerCase()}:${port || 5432}${pathname}`;
};

/**
 * `.local` for the samples on the embedded database; for other migrations or a server of the user's a folder below it, named
 * after both, so that a ledger, a journal or a mailbox is never mixed up with another one's.
 */
export const stateDirectoryOf = ({ migrations, databaseUrl }: Pick<Options, 'migrations' | 'databaseUrl'>): string => {
  const directory = path.resolve(migrations);
  if (databaseUrl === null && directory === path.resolve('migrations')) return stateDirectoryNamed(null);
  const name = path.basename(path.dirname(directory)).replaceAll(/[^A-Za-z0-9._-]/g, '-');
  const hash = createHash('sha256')
    .update(JSON.stringify([directory, databaseUrl && targetOf(databaseUrl)]))
    .digest('hex')
    .slice(0, 8);
  return stateDirectoryNamed(`${name}-${hash}`);
};
