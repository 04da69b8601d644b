/** Prepares the ground of a rehearsal: an embedded server, or copies of a database on the user's own server. */
import path from 'node:path';
import { copyDatabase } from '#adapters/postgres/backup/copy-database';
import { readConnectionUrl } from '#adapters/postgres/plain-server/connection-url';
import { withSession } from '#adapters/postgres/session/session';
import { targetFaultInWords } from '#domain/backup/copy-trial';
import type { LeftOut } from '#domain/backup/left-out';
import { TargetCannotBeCopied, VerificationFailed } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withEmbeddedServer } from './embedded-server';
import { type Preparation, prepareState } from './prepare-state';
import type { RehearsalGround, State } from './rehearse-migration';
import { openScratchDatabases, type ScratchDatabases } from './scratch-databases';
import { tryRestore } from './try-restore';

export type PreparedGround = {
  /** For the first line on the terminal. */
  readonly description: string;
  readonly ground: RehearsalGround;
  readonly start: State;
  /** What the copies go without that the database has. */
  readonly leftOut: readonly LeftOut[];
};

type Options = Partial<Preparation> & {
  readonly databaseUrl: string | null;
  readonly statementTimeoutMs: number;
};

/** Closes the databases as soon as the work ends or is interrupted, whatever runs in them. */
const withDatabases = async <T>(
  server: ConnectionSettings,
  strategy: string,
  interrupted: Promise<never>,
  work: (databases: ScratchDatabases) => Promise<T>,
): Promise<T> => {
  const databases = openScratchDatabases(server, { strategy });
  const outcome = await Promise.allSettled([Promise.race([work(databases), interrupted])]);
  const closing = databases.close();
  if (outcome[0].status === 'fulfilled') {
    await closing;
    return outcome[0].value;
  }
  // The first error is the one to report; what is left carries a note, and a later rehearsal drops it.
  await closing.catch(() => undefined);
  throw outcome[0].reason;
};

const onEmbedded = <T>(
  { statementTimeoutMs, ...preparation }: Options,
  interrupted: Promise<never>,
  work: (prepared: PreparedGround) => Promise<T>,
): Promise<T> =>
  withEmbeddedServer(path.resolve('.local', 'rehearse'), (server) =>
    // Copying files: the other way writes every page to the log, which nobody reads.
    withDatabases(server, 'STRATEGY FILE_COPY', interrupted, async (databases) => {
      const database = await databases.makeEmpty();
      const serverVersion = await versionOf(database);
      const ground = { databases, statementTimeoutMs, serverVersion, isServerOurs: true };
      const start = await prepareState(ground, database, preparation);
      return work({ description: `an embedded PostgreSQL ${serverVersion}`, ground, start, leftOut: [] });
    }),
  );

const versionOf = (database: ConnectionSettings): Promise<string> =>
  withSession(database, async (session) => {
    // Debian's says more behind the number.
    const { rows } = await session.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version.split(' ')[0] ?? '';
  });

/** A database that cannot be copied is named with what mends it. */
const copyOrName = async (named: ConnectionSettings, copy: ConnectionSettings) => {
  try {
    return await copyDatabase(named, copy);
  } catch (error) {
    if (!(error instanceof VerificationFailed)) throw error;
    const fault = targetFaultInWords(await tryRestore(named));
    throw fault === null ? error : new TargetCannotBeCopied(fault);
  }
};

const onServer = <T>(
  url: string,
  { statementTimeoutMs, ...preparation }: Options,
  interrupted: Promise<never>,
  work: (prepared: PreparedGround) => Promise<T>,
): Promise<T> => {
  const named = readConnectionUrl(url);
  return withDatabases(named, '', interrupted, async (databases) => {
    const copy = await databases.makeEmpty();
    const leftOut = await copyOrName(named, copy);
    await databases.copySettings(named, copy);
    const serverVersion = await versionOf(copy);
    const ground = { databases, statementTimeoutMs, serverVersion, isServerOurs: false };
    const description = `copies of database "${named.database}" on ${named.host}:${named.port}, PostgreSQL ${serverVersion}`;
    return work({ description, ground, start: await prepareState(ground, copy, preparation), leftOut });
  });
};

/** `interrupted` never resolves; when it rejects, the work is aborted. Errors: InvalidInput for a URL that cannot be used. */
export const withRehearsalGround = <T>(
  options: Options,
  interrupted: Promise<never>,
  work: (prepared: PreparedGround) => Promise<T>,
): Promise<T> =>
  options.databaseUrl === null
    ? onEmbedded(options, interrupted, work)
    : onServer(options.databaseUrl, options, interrupted, work);
