import { type CatalogFamily, columnNames, isNoMember, isUserSchema, nameOf } from './family';

/** Indexes, those of constraints among them. */
export const indexes: CatalogFamily = () => `
SELECT 'index', ${nameOf('n.nspname', 'c.relname')},
  ${nameOf('tn.nspname', 't.relname')} AS "table",
  pg_get_indexdef(c.oid) AS "definition",
  am.amname AS "method",
  ${columnNames('i.indrelid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]')} AS "columns",
  i.indisunique AS "isUnique",
  pg_get_expr(i.indpred, i.indrelid) AS "predicate",
  i.indisvalid AS "isValid",
  CASE WHEN NOT i.indisready THEN false END AS "isReady",
  CASE WHEN NOT i.indislive THEN false END AS "isLive",
  NULLIF(i.indisclustered, false) AS "isClustered",
  NULLIF(i.indisreplident, false) AS "isReplicaIdentity",
  quote_ident(con.conname) AS "constraint",
  (SELECT ${nameOf('pn.nspname', 'p.relname')}
    FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
    WHERE h.inhrelid = c.oid) AS "partitionOf",
  space.spcname AS "tablespace",
  targets.list AS "statisticsTargets"
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace space ON space.oid = c.reltablespace
-- A foreign key names the index it leans on in the same column.
LEFT JOIN pg_constraint con ON con.conindid = c.oid AND con.conrelid = t.oid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN (
  SELECT attrelid, string_agg(attnum || '=' || attstattarget, ', ' ORDER BY attnum) AS list
  FROM pg_attribute WHERE attstattarget >= 0 AND attnum > 0 GROUP BY attrelid
) AS targets ON targets.attrelid = c.oid
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 't.oid')}`;
