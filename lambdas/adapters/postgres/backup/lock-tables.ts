/** Begins the dump's transaction with every table locked against rewriting, dropping and emptying. */
import { type PreparedTransaction, preparedInWords } from '#domain/environment/prepared-transaction';
import { LockNotAvailable } from '#domain/errors';
import { preparedColumns, preparedHolding } from '../apply/blockers';
import { type Session, sqlStateOf } from '../session/session';
import { beginSnapshot } from './backup-session';
import { listSavedTables, type SavedTable } from './saved-tables';

const undefinedTable = '42P01';
const invalidSchemaName = '3F000';
const lockNotAvailable = '55P03';

/** When a table appears or disappears between listing and locking, we start again; that does not happen five times in a row. */
const maxAttempts = 5;

const namesOf = (tables: readonly SavedTable[]) => tables.map(({ name }) => name);

const lockAll = async (session: Session, names: readonly string[], lockTimeoutMs: number) => {
  await session.query(beginSnapshot);
  await session.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
  if (names.length) await session.query(`LOCK TABLE ${names.join(', ')} IN ACCESS SHARE MODE`);
};

const describeHolders = async (session: Session, names: readonly string[]): Promise<string> => {
  const { rows } = await session.query<{ holder: string }>(
    `SELECT format('process %s, application %s, role %s, state %s, in its transaction for %s s, which locks %s; wait for it, or end it: SELECT pg_terminate_backend(%s)',
                   l.pid, coalesce(nullif(a.application_name, ''), 'without a name'), a.usename,
                   coalesce(a.state, 'not visible to this role'), round(extract(epoch FROM now() - a.xact_start)),
                   l.relation::regclass, l.pid) AS holder
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.granted AND l.mode = 'AccessExclusiveLock'
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.relation IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS t(name))`,
    [names],
  );
  const prepared = await session.query<PreparedTransaction & { relation: string }>(
    `SELECT DISTINCT ${preparedColumns}, h.relation::regclass::text AS relation FROM pg_locks h ${preparedHolding}
      WHERE h.granted AND h.pid IS NULL AND h.mode = 'AccessExclusiveLock'
        AND h.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND h.relation IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS t(name))`,
    [names],
  );
  return (
    [
      ...rows.map(({ holder }) => holder),
      ...prepared.rows.map(({ relation, ...one }) => `${preparedInWords(one)}; it locks ${relation}`),
    ].join('; and ') || 'a session that has just ended'
  );
};

const lockRefused = async (session: Session, names: readonly string[], lockTimeoutMs: number, cause: unknown) =>
  new LockNotAvailable(
    `blocked by ${await describeHolders(session, names)}: a table could not be locked for reading within ${lockTimeoutMs} ms`,
    { cause },
  );

/**
 * Returns the tables of the snapshot, all of them locked in ACCESS SHARE mode. Rewriting and TRUNCATE do not respect
 * snapshots, so the locks must be there before the snapshot is taken; it then compares the earlier listing with the
 * snapshot. Errors: LockNotAvailable.
 */
export const beginWithTablesLocked = async (
  session: Session,
  lockTimeoutMs: number,
): Promise<readonly SavedTable[]> => {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const listed = namesOf(await listSavedTables(session));
    try {
      // LOCK TABLE takes no snapshot of the transaction; the listing after it is the first statement that does.
      await lockAll(session, listed, lockTimeoutMs);
      const tables = await listSavedTables(session);
      if (namesOf(tables).join() === listed.join()) return tables;
      await session.query('ROLLBACK');
    } catch (error) {
      await session.query('ROLLBACK');
      const sqlState = sqlStateOf(error);
      if (sqlState === lockNotAvailable) throw await lockRefused(session, listed, lockTimeoutMs, error);
      if (sqlState !== undefinedTable && sqlState !== invalidSchemaName) throw error;
    }
  }
  throw new LockNotAvailable(
    `tables were created or dropped during each of ${maxAttempts} attempts to lock them all; try again when nobody changes the schema`,
  );
};
