/** More sessions that see the snapshot of a first one. */
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Session } from '../session/session';
import { beginSnapshot, withReadingSession } from './backup-session';

/**
 * Each locks the tables at once: a rewrite that queued up behind the first session's locks would otherwise keep it out for as long
 * as the backup takes. Errors as withSession.
 */
export const withSnapshotSessions = async <T>(
  first: Session,
  options: {
    readonly connection: ConnectionSettings;
    readonly more: number;
    readonly tables: readonly string[];
    readonly lockTimeoutMs: number;
  },
  work: (sessions: readonly Session[]) => Promise<T>,
): Promise<T> => {
  const { connection, more, tables, lockTimeoutMs } = options;
  if (more <= 0) return work([first]);
  const { rows } = await first.query<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
  const open = (sessions: readonly Session[]): Promise<T> =>
    sessions.length > more
      ? work(sessions)
      : withReadingSession(connection, async (session) => {
          await session.query(beginSnapshot);
          await session.query(`SET TRANSACTION SNAPSHOT ${session.escapeLiteral(rows[0]?.snapshot ?? '')}`);
          await session.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
          await session.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS SHARE MODE`);
          return open([...sessions, session]);
        });
  return open([first]);
};
