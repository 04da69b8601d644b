/** Opens a dump of a database: one session, one snapshot, every table locked against rewriting. */
import { VerificationFailed } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Session, sqlStateOf } from '../session/session';
import { withReadingSession } from './backup-session';
import { beginWithTablesLocked } from './lock-tables';
import { type PgDump, withPgDump } from './pg-dump';
import type { SavedTable } from './saved-tables';
import { type DumpSummary, type ReadCatalog, writeDump } from './write-dump';

// ACCESS SHARE waits only for those who rewrite or drop a table, and while it waits it keeps no reader or writer out.
export const defaultLockTimeoutMs = 10_000;

export const readServerVersion = async (session: Session): Promise<number> => {
  const { rows } = await session.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  return rows[0]?.version ?? 0;
};

const inWords = ({ database, user }: ConnectionSettings, error: unknown) =>
  sqlStateOf(error)
    ? new VerificationFailed(
        `the database "${database}" could not be read whole with the role "${user}": ${(error as Error).message}; grant the role what it lacks, or use the owner's role`,
        { cause: error },
      )
    : error;

/** A database that is ready to be read: one snapshot, every table locked. */
export type OpenDump = {
  readonly session: Session;
  readonly pgDump: PgDump;
  readonly tables: readonly SavedTable[];
  readonly serverVersion: number;
};

type DumpOptions = { readonly readCatalog: ReadCatalog; readonly lockTimeoutMs: number };

/** Errors: DatabaseUnreachable, LockNotAvailable, VerificationFailed when the role may not read everything. */
export const withOpenDump = async <T>(
  connection: ConnectionSettings,
  { lockTimeoutMs }: Pick<DumpOptions, 'lockTimeoutMs'>,
  work: (open: OpenDump) => Promise<T>,
): Promise<T> => {
  try {
    // pg_dump gets ready while we connect and lock.
    return await withPgDump(lockTimeoutMs, (pgDump) =>
      withReadingSession(connection, async (session) => {
        const serverVersion = await readServerVersion(session);
        const tables = await beginWithTablesLocked(session, lockTimeoutMs);
        return work({ session, pgDump, tables, serverVersion });
      }),
    );
  } catch (error) {
    throw inWords(connection, error);
  }
};

/**
 * Hands over the dump as text that is produced while it is read; after its last part it returns the contents. Errors as above.
 */
export const withDump = <T>(
  connection: ConnectionSettings,
  options: DumpOptions,
  work: (dump: AsyncGenerator<string | Buffer, DumpSummary>) => Promise<T>,
): Promise<T> =>
  withOpenDump(connection, options, ({ session, ...open }) =>
    work(writeDump(session, { ...open, readCatalog: options.readCatalog })),
  );
