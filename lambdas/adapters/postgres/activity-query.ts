/** Reads the target's activity with one statement, so that the caller need not hold a session. */
import pg from 'pg';
import type { ActivitySample } from '#domain/monitoring/sample';
import { iso } from './session/moment';
import { applicationName, sqlStateOf } from './session/session';

/** Runs one statement without parameters and returns its rows, values parsed by their types. */
export type Ask = <Row>(text: string) => Promise<readonly Row[]>;

// Our statements, and those of others who read the catalog (pg_dump, the branch's copies), are not traffic of the application.
const catalogQuery = String.raw`pg_catalog\.|\mpg_(class|namespace|attribute|type|proc|index|constraint|trigger|depend|description|locks|stat_)|migration[-_]checklist`;

// DDL and the like, which the application does not run.
const utility = String.raw`^\s*(alter|analyze|begin|comment|commit|copy|create|do|drop|grant|lock|reindex|release|reset|revoke|rollback|savepoint|set|show|start|truncate|vacuum)\M`;

// One entry per role in pg_stat_statements; what is compared later is the statement.
const statementsQuery = (schema: string) => `
  SELECT pg_catalog.json_agg(busiest)
  FROM (
    SELECT queryid::text AS "queryId", pg_catalog.left(pg_catalog.min(query), 200) AS query,
           pg_catalog.sum(calls)::float8 AS calls,
           (pg_catalog.sum(total_exec_time) / pg_catalog.sum(calls))::float8 AS "meanMs",
           pg_catalog.sum(total_exec_time)::float8 AS "totalMs"
    FROM ${pg.escapeIdentifier(schema)}.pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
      AND queryid IS NOT NULL AND calls > 0
      AND query !~* ${pg.escapeLiteral(catalogQuery)} AND query !~* ${pg.escapeLiteral(utility)}
    GROUP BY queryid ORDER BY pg_catalog.sum(total_exec_time) DESC LIMIT 50
  ) AS busiest`;

/** Without pg_read_all_stats a role sees of other roles' statements that they are there, and no id. */
const hiddenQuery = (schema: string) => `
  SELECT pg_catalog.count(*)::int4 FROM ${pg.escapeIdentifier(schema)}.pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND queryid IS NULL`;

// The comment marks our own statements for pg_stat_statements, which keeps comments inside a statement.
const activityQuery = (schema: string | null) => `
SELECT /* migration-checklist */ ${iso('pg_catalog.clock_timestamp()')} AS at,
       activity.connections, activity."lockWaits", activity."longestTransactionMs",
       pg_catalog.current_setting('max_connections')::int4 AS "maxConnections",
       d.xact_commit::float8 AS commits, d.xact_rollback::float8 AS rollbacks, d.deadlocks::float8 AS deadlocks,
       ${schema === null ? 'NULL' : `coalesce((${statementsQuery(schema)}), '[]')`} AS statements,
       ${schema === null ? 'NULL' : `(${hiddenQuery(schema)})`} AS "statementsHidden"
FROM pg_catalog.pg_stat_database d
CROSS JOIN (
  SELECT pg_catalog.count(*)::int4 AS connections,
         (pg_catalog.count(*) FILTER (WHERE wait_event_type = 'Lock'))::int4 AS "lockWaits",
         coalesce(pg_catalog.max(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start)) * 1000, 0)::float8 AS "longestTransactionMs"
  FROM pg_catalog.pg_stat_activity
  WHERE datname = pg_catalog.current_database() AND usesysid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
    AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name NOT LIKE '${applicationName}%'
) AS activity
WHERE d.datname = pg_catalog.current_database()`;

// The setting is there only where the server has loaded the library: the extension alone counts nothing.
const schemaQuery = `
SELECT /* migration-checklist */ n.nspname AS schema
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements' AND pg_catalog.current_setting('pg_stat_statements.max', true) IS NOT NULL`;

/** undefined_table, invalid_schema_name, object_not_in_prerequisite_state: the extension was dropped since. */
const statementsAreGone = (error: unknown) => ['42P01', '3F000', '55000'].includes(sqlStateOf(error) ?? '');

type Row = Omit<ActivitySample, 'statementsSchema'>;

/** Sessions of ours are not counted. `statementsSchema`: where the baseline found pg_stat_statements. */
export const takeSample = async (ask: Ask, statementsSchema: string | null): Promise<ActivitySample> => {
  try {
    const [row] = await ask<Row>(activityQuery(statementsSchema));
    return { ...(row as Row), statementsSchema };
  } catch (error) {
    if (statementsSchema !== null && statementsAreGone(error)) return takeSample(ask, null);
    throw error;
  }
};

export const findStatementsSchema = async (ask: Ask): Promise<string | null> =>
  (await ask<{ schema: string }>(schemaQuery))[0]?.schema ?? null;
