/** One look at what goes on in the target, for the baseline and for the monitoring after it. */
import pg from 'pg';
import type { ActivitySample, StatementStatistics } from '../../domain/monitoring/sample';
import type { ConnectionSettings } from '../../ports';
import { iso } from './moment';
import { type Session, sqlStateOf, withOwnSession } from './session';

// The comment marks our own statements for pg_stat_statements, which keeps comments inside a statement.
const activityQuery = `
SELECT /* migration-checklist */ ${iso('pg_catalog.clock_timestamp()')} AS at,
       activity.connections, activity."lockWaits", activity."longestTransactionMs",
       pg_catalog.current_setting('max_connections')::int4 AS "maxConnections",
       d.xact_commit::float8 AS commits, d.xact_rollback::float8 AS rollbacks, d.deadlocks::float8 AS deadlocks
FROM pg_catalog.pg_stat_database d
CROSS JOIN (
  SELECT count(*)::int4 AS connections,
         (count(*) FILTER (WHERE wait_event_type = 'Lock'))::int4 AS "lockWaits",
         coalesce(max(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start)) * 1000, 0)::float8 AS "longestTransactionMs"
  FROM pg_catalog.pg_stat_activity
  WHERE datname = pg_catalog.current_database() AND usesysid IS NOT NULL
    AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name NOT LIKE 'migration-checklist%'
) AS activity
WHERE d.datname = pg_catalog.current_database()`;

type Activity = Omit<ActivitySample, 'statements'>;

// Ours, and those of others who look at the catalog (pg_dump, the branch's copies): they are no traffic of the application.
const catalogQuery = String.raw`pg_catalog\.|\mpg_(class|namespace|attribute|type|proc|index|constraint|trigger|depend|description|locks|stat_)|migration[-_]checklist`;

// DDL and the like: run by whoever changes the schema, not by the application.
const utility = String.raw`^\s*(alter|analyze|begin|comment|commit|copy|create|do|drop|grant|lock|reindex|release|reset|revoke|rollback|savepoint|set|show|start|truncate|vacuum)\M`;

// One entry per role in pg_stat_statements; what is compared later is the statement.
const statementsQuery = (schema: string) => `
SELECT /* migration-checklist */ queryid::text AS "queryId", left(min(query), 200) AS query,
       sum(calls)::float8 AS calls, (sum(total_exec_time) / sum(calls))::float8 AS "meanMs",
       sum(total_exec_time)::float8 AS "totalMs"
FROM ${pg.escapeIdentifier(schema)}.pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND queryid IS NOT NULL AND calls > 0 AND query !~* ${pg.escapeLiteral(catalogQuery)} AND query !~* ${pg.escapeLiteral(utility)}
GROUP BY queryid ORDER BY sum(total_exec_time) DESC LIMIT 50`;

const readStatements = async (session: Session): Promise<readonly StatementStatistics[] | null> => {
  const { rows } = await session.query<{ schema: string }>(
    `SELECT /* migration-checklist */ n.nspname AS schema FROM pg_catalog.pg_extension e
     JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`,
  );
  if (!rows[0]) return null;
  try {
    return (await session.query<StatementStatistics>(statementsQuery(rows[0].schema))).rows;
  } catch (error) {
    // Installed in the database, but the server does not load the library.
    if (sqlStateOf(error) === '55000') return null;
    throw error;
  }
};

/** Sessions of ours are not counted; `statements` is null without pg_stat_statements. */
export const sampleActivity = (connection: ConnectionSettings): Promise<ActivitySample> =>
  withOwnSession(connection, async (session) => {
    const { rows } = await session.query<Activity>(activityQuery);
    return { ...(rows[0] as Activity), statements: await readStatements(session) };
  });
