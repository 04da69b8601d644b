/** Who is connected to the database: pg_stat_activity is read, and nothing else. */
import type { SessionGroup, SessionReading } from '#domain/environment/sessions';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { iso } from './session/moment';
import { applicationName, withOwnSession } from './session/session';

/**
 * Name, role and number of sessions every role may see; when they began only a superuser, a member of pg_read_all_stats or of the
 * sessions' own role. Ours are those of our name and of the role that asks: the name alone anybody may take. Replication has a kind
 * of session of its own, and reads the database too.
 */
const sessionsQuery = `
SELECT coalesce(application_name, '') AS application, usename::text AS role, pg_catalog.count(*)::int4 AS count,
       ${iso('pg_catalog.min(backend_start)')} AS since,
       coalesce(pg_catalog.starts_with(application_name, '${applicationName}') AND usename = session_user, false) AS "isOwn"
FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database() AND usesysid IS NOT NULL
  AND coalesce(backend_type, 'client backend') IN ('client backend', 'walsender')
GROUP BY 1, 2, application_name, usename ORDER BY 3 DESC, 1, 2`;

const momentQuery = `SELECT ${iso('pg_catalog.clock_timestamp()')} AS at, session_user::text AS "askedBy"`;

type Row = SessionGroup & { readonly isOwn: boolean };

export const readSessions = (connection: ConnectionSettings): Promise<SessionReading> =>
  withOwnSession(connection, async (session) => {
    const moment = await session.query<{ at: string; askedBy: string }>(momentQuery);
    const { rows } = await session.query<Row>(sessionsQuery);
    const own = rows.filter(({ isOwn }) => isOwn);
    return {
      at: moment.rows[0]?.at ?? '',
      askedBy: moment.rows[0]?.askedBy ?? '',
      groups: rows.filter(({ isOwn }) => !isOwn).map(({ isOwn, ...group }) => group),
      // The session that asks is one of them, and says nothing of who works with the target.
      own: Math.max(0, own.reduce((sum, { count }) => sum + count, 0) - 1),
    };
  });
