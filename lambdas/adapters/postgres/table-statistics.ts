/** Reads the size and the activity of the target's tables. */

import { LockNotAvailable } from '#domain/errors';
import type { TableStatistics } from '#domain/tables/statistics';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withWatchedSession } from './apply/blocking-sessions';
import { withOwnSession } from './session/session';

// Without a reset of its own a database is counted since the server's statistics were begun: by initdb, or by a start that had
// lost them, as Neon's computes do. Each of the server's views shows that moment, unless somebody has reset it.
// reltuples is -1 until rows were counted, and 0 where that was done before the first row came: unless the table is empty
// now, how many there are is not known then. What lies on another server shows no size here.
// A partitioned table holds nothing itself, and it is the one that a migration names: its figures are its leaves' sums.
const statisticsQuery = ({
  sizeBytes,
  isEmpty,
  leaves,
}: {
  readonly sizeBytes: string;
  readonly isEmpty: string;
  readonly leaves: string;
}) => `
SELECT n.nspname || '.' || c.relname AS "table",
       coalesce(sum(${sizeBytes}), 0)::float8 AS "sizeBytes",
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
  ${leaves}
) leaf
JOIN pg_catalog.pg_class l ON l.oid = leaf.oid
CROSS JOIN LATERAL (
  SELECT CASE WHEN l.reltuples > 0 THEN l.reltuples
              WHEN l.reltuples = 0 AND l.relpages > 0 THEN 0
              WHEN ${isEmpty} THEN 0 END AS rows
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

const measured = statisticsQuery({
  sizeBytes: 'pg_catalog.pg_total_relation_size(leaf.oid)',
  isEmpty: "l.relkind <> 'f' AND pg_catalog.pg_relation_size(l.oid) = 0",
  leaves: "SELECT tree.relid FROM pg_catalog.pg_partition_tree(c.oid) tree WHERE c.relkind = 'p' AND tree.isleaf",
});

// What the last VACUUM or ANALYZE has counted, from the rows of pg_class alone: the functions above lock what they look at.
const estimated = statisticsQuery({
  sizeBytes: `(SELECT coalesce(sum(part.relpages), 0) FROM pg_catalog.pg_class part
    WHERE part.oid IN (leaf.oid, l.reltoastrelid)
       OR part.oid IN (SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid IN (leaf.oid, l.reltoastrelid))
  ) * pg_catalog.current_setting('block_size')::float8`,
  isEmpty: 'false',
  leaves: `SELECT tree.relid FROM (
      WITH RECURSIVE below(relid) AS (
        SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid
        UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent = below.relid
      ) SELECT below.relid FROM below JOIN pg_catalog.pg_class leafs ON leafs.oid = below.relid AND leafs.relkind <> 'p'
    ) tree WHERE c.relkind = 'p'`,
});

/** Materialized views count as tables. A partitioned table without partitions is left out: it holds nothing. */
export const readTableStatistics = (connection: ConnectionSettings): Promise<readonly TableStatistics[]> =>
  withWatchedSession(connection, async (session) => (await session.query<TableStatistics>(measured)).rows);

/** The same; where a table is locked against reading, its sizes are those that the last VACUUM or ANALYZE has left. */
export const estimateTableStatistics = async (connection: ConnectionSettings): Promise<readonly TableStatistics[]> => {
  try {
    return await readTableStatistics(connection);
  } catch (error) {
    if (!(error instanceof LockNotAvailable)) throw error;
    return withOwnSession(connection, async (session) => (await session.query<TableStatistics>(estimated)).rows);
  }
};

/** In bytes. */
export const readDatabaseSize = (connection: ConnectionSettings): Promise<number> =>
  withWatchedSession(connection, async (session) => {
    const { rows } = await session.query<{ size: number }>(
      'SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::float8 AS size',
    );
    return rows[0]?.size ?? 0;
  });
