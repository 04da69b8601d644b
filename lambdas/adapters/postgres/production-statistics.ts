/** Asks a database how large its tables are: the one query that may be run on production. */
import {
  type ProductionStatistics,
  parseProductionStatistics,
  statisticsFileName,
} from '#domain/tables/production-statistics';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { applicationName, withOwnSession } from './session/session';
import { inTransaction, rollback } from './session/transaction';

// Catalogs and counters only: no row of a table is read, and nothing is written. The larger of the two counts, because either may
// be old. A partitioned table holds nothing itself: its figures are its leaves' sums.
export const productionStatisticsQuery = `SELECT pg_catalog.json_build_object(
  'format', 1,
  'takenAt', pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'serverVersion', pg_catalog.current_setting('server_version'),
  'database', pg_catalog.current_database(),
  'tables', (
    SELECT found.tables FROM (
      SELECT pg_catalog.json_agg(pg_catalog.to_json(t) ORDER BY t."table") AS tables FROM (
        SELECT n.nspname || '.' || c.relname AS "table",
               pg_catalog.sum(GREATEST(l.reltuples, pg_catalog.pg_stat_get_live_tuples(l.oid), 0))::pg_catalog.int8 AS "rows",
               pg_catalog.sum(pg_catalog.pg_relation_size(l.oid))::pg_catalog.int8 AS "heapBytes",
               pg_catalog.sum(pg_catalog.pg_indexes_size(l.oid))::pg_catalog.int8 AS "indexBytes",
               pg_catalog.sum(CASE WHEN l.reltoastrelid <> 0 THEN pg_catalog.pg_total_relation_size(l.reltoastrelid) ELSE 0 END)::pg_catalog.int8 AS "toastBytes"
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
          SELECT c.oid WHERE c.relkind <> 'p'
          UNION ALL
          SELECT tree.relid FROM pg_catalog.pg_partition_tree(c.oid) tree WHERE c.relkind = 'p' AND tree.isleaf
        ) leaf
        JOIN pg_catalog.pg_class l ON l.oid = leaf.oid AND l.relkind IN ('r', 'm')
        WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'migration_checklist') AND n.nspname NOT LIKE 'pg\\_toast%'
        GROUP BY n.nspname, c.relname
      ) t
    ) found
  )
) AS statistics;`;

/** Gives way at once: nobody's work on production may wait for it. */
const limits = { lockTimeoutMs: 1_000, statementTimeoutMs: 10_000 };

/** Reads in a transaction that is read-only and rolled back. Errors: DatabaseUnreachable, InvalidInput when there is no table. */
export const readProductionStatistics = (connection: ConnectionSettings): Promise<ProductionStatistics> =>
  withOwnSession(
    connection,
    async (session) => {
      await session.query('SET default_transaction_read_only = on');
      return inTransaction(session, { limits, access: 'READ ONLY', end: rollback }, async () => {
        const { rows } = await session.query<{ statistics: unknown }>(productionStatisticsQuery);
        return parseProductionStatistics(statisticsFileName, JSON.stringify(rows[0]?.statistics ?? null));
      });
    },
    { applicationName: `${applicationName} statistics` },
  );
