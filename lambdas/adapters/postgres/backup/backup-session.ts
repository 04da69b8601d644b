/** The settings and the transaction under which a database is read for a backup, and read again for the comparison. */
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Session, type SessionOptions, withSession } from '../session/session';

/**
 * Everything that changes how PostgreSQL writes a value, whether it gives all rows, and how long it lets us run.
 * A setting that the server's version does not have is left out.
 */
const readingSettings: Readonly<Record<string, string>> = {
  search_path: '',
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmloption: 'content',
  row_security: 'off',
  synchronize_seqscans: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  client_min_messages: 'error',
};

const applicationName: SessionOptions = { applicationName: 'migration-checklist backup' };

/** The transaction that sees one state of the database and changes nothing. */
export const beginSnapshot = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** A session that reads values the same way on every server and database. */
export const withReadingSession = <T>(connection: ConnectionSettings, work: (session: Session) => Promise<T>) =>
  withSession(
    connection,
    async (session) => {
      await session.query(
        `SELECT pg_catalog.set_config(name, value, false) FROM pg_catalog.json_each_text($1) AS wanted(name, value)
          WHERE pg_catalog.current_setting(name, true) IS NOT NULL`,
        [JSON.stringify(readingSettings)],
      );
      return work(session);
    },
    applicationName,
  );
