/** Looks at the database that a backup is to be restored into. */
import type { RestoreTarget } from '#domain/backup/restore-target';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { readMark } from '../own-schema/identity-and-mark';
import { withOwnSession } from '../session/session';
import { readSessions } from '../sessions';
import { readRestoreMark } from './restore-mark';

/** Whatever a freshly made database does not have. The owner of the schema public may be anybody. */
const objectsQuery = `
WITH found AS (
  SELECT 1 AS rank, format('schema %I', nspname) AS object FROM pg_namespace WHERE oid >= 16384 AND nspname <> 'public'
  UNION ALL
  SELECT 0, format('%s %I.%I', CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' ELSE 'table' END, n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_'
  UNION ALL SELECT 2, format('function %s', oid::regprocedure) FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT 2, format('type %s', format_type(oid, NULL)) FROM pg_type WHERE oid >= 16384 AND typrelid = 0 AND typelem = 0
  UNION ALL SELECT 2, format('extension %I', extname) FROM pg_extension WHERE extname <> 'plpgsql'
  UNION ALL SELECT 3, format('large object %s', oid) FROM pg_largeobject_metadata
)
SELECT object, count(*) OVER ()::int4 AS total FROM found ORDER BY rank, object LIMIT 3`;

type Facts = Pick<RestoreTarget, 'server' | 'encoding' | 'isInRecovery'>;

/** Errors: DatabaseUnreachable. */
export const readRestoreTarget = async (connection: ConnectionSettings): Promise<RestoreTarget> => {
  const { groups } = await readSessions(connection);
  const mark = await readMark(connection);
  return withOwnSession(connection, async (session) => {
    const { rows: facts } = await session.query<Facts>(
      `SELECT pg_catalog.current_setting('server_version_num')::int4 AS server, pg_catalog.pg_is_in_recovery() AS "isInRecovery",
              pg_catalog.pg_encoding_to_char(encoding)::text AS encoding
         FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`,
    );
    const { rows: found } = await session.query<{ object: string; total: number }>(objectsQuery);
    return {
      ...(facts[0] as Facts),
      host: connection.host,
      database: connection.database,
      objects: found.map(({ object }) => object),
      objectCount: found[0]?.total ?? 0,
      isMarked: (await readRestoreMark(session)) !== null,
      isStaging: mark?.environment === 'staging',
      sessions: groups,
    };
  });
};
