/** Reads the size and the activity of the target's tables. */
import type { TableStatistics } from '#domain/tables/statistics';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withWatchedSession } from './apply/blocking-sessions';

// Without a reset of its own a database is counted since the server's statistics were begun: by initdb, or by a start that had
// lost them, as Neon's computes do. Each of the server's views shows that moment, unless somebody has reset it.
// reltuples is -1 until rows were counted, and 0 where that was done before the first row came: unless the table is empty
// now, how many there are is not known then. What lies on another server shows no size here.
// A partitioned table holds nothing itself, and it is the one that a migration names: its figures are its leaves' sums.
const statisticsQuery = `
SELECT n.nspname || '.' || c.relname AS "table",
       coalesce(sum(pg_catalog.pg_total_relation_size(leaf.oid)), 0)::float8 AS "sizeBytes",
       (CASE WHEN pg_catalog.bool_and(estimate.rows IS NOT NULL) THEN sum(estimate.rows) END)::float8 AS "estimatedRows",
       coalesce(sum(s.seq_scan), 0)::float8 AS "sequentialScans",
       coalesce(sum(s.idx_scan), 0)::float8 AS "indexScans",
       coalesce(sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del), 0)::float8 AS "rowsWritten",
       greatest(1, extract(epoch FROM pg_catalog.now() - max(counting.since)))::float8 AS "countedSeconds"
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT c.oid WHERE c.relkind <> 'p'
  UNION ALL
  SELECT tree.relid FROM pg_catalog.pg_partition_tree(c.oid) tree WHERE c.relkind = 'p' AND tree.isleaf
) leaf
JOIN pg_catalog.pg_class l ON l.oid = leaf.oid
CROSS JOIN LATERAL (
  SELECT CASE WHEN l.reltuples > 0 THEN l.reltuples
              WHEN l.reltuples = 0 AND l.relpages > 0 THEN 0
              WHEN l.relkind <> 'f' AND pg_catalog.pg_relation_size(l.oid) = 0 THEN 0 END AS rows
) estimate
CROSS JOIN (
  SELECT coalesce(d.stats_reset, least(b.stats_reset, a.stats_reset, w.stats_reset), pg_catalog.pg_postmaster_start_time()) AS since
  FROM pg_catalog.pg_stat_database d, pg_catalog.pg_stat_bgwriter b, pg_catalog.pg_stat_archiver a, pg_catalog.pg_stat_wal w
  WHERE d.datname = pg_catalog.current_database()
) counting
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = leaf.oid
WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'migration_checklist') AND n.nspname NOT LIKE 'pg\\_toast%'
GROUP BY 1 ORDER BY 1`;

/** Materialized views count as tables. A partitioned table without partitions is left out: it holds nothing. */
export const readTableStatistics = (connection: ConnectionSettings): Promise<readonly TableStatistics[]> =>
  withWatchedSession(connection, async (session) => (await session.query<TableStatistics>(statisticsQuery)).rows);

/** In bytes. */
export const readDatabaseSize = (connection: ConnectionSettings): Promise<number> =>
  withWatchedSession(connection, async (session) => {
    const { rows } = await session.query<{ size: number }>(
      'SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::float8 AS size',
    );
    return rows[0]?.size ?? 0;
  });
