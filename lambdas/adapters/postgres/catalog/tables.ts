import {
  type CatalogFamily,
  foreignOptionsOf,
  isNoMember,
  isUserSchema,
  nameOf,
  optionsOf,
  ownerOf,
  privilegesOf,
} from './family';

/** Tables, partitioned tables, partitions and foreign tables, without their columns. */
export const tables: CatalogFamily = () => `
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, ${nameOf('n.nspname', 'c.relname')},
  ${ownerOf('c.relowner')} AS "owner",
  CASE c.relpersistence WHEN 'u' THEN true END AS "isUnlogged",
  pg_get_partkeydef(c.oid) AS "partitionKey",
  CASE WHEN c.relispartition THEN ancestors.names END AS "partitionOf",
  pg_get_expr(c.relpartbound, c.oid) AS "partitionBound",
  CASE WHEN ancestors.detaching THEN true END AS "isBeingDetached",
  CASE WHEN NOT c.relispartition THEN ancestors.names END AS "inherits",
  CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS "ofType",
  NULLIF(am.amname, 'heap') AS "accessMethod",
  t.spcname AS "tablespace",
  ${optionsOf('c.reloptions')} AS "options",
  ${optionsOf('toast.reloptions')} AS "toastOptions",
  NULLIF(c.relrowsecurity, false) AS "hasRowSecurity",
  NULLIF(c.relforcerowsecurity, false) AS "forcesRowSecurity",
  CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END AS "replicaIdentity",
  quote_ident(server.srvname) AS "server",
  ${foreignOptionsOf('f.ftoptions')} AS "foreignOptions",
  ${privilegesOf('c.relacl', 'r', 'c.relowner')} AS "privileges"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
LEFT JOIN pg_foreign_server server ON server.oid = f.ftserver
LEFT JOIN (
  SELECT i.inhrelid, bool_or(i.inhdetachpending) AS detaching,
    string_agg(${nameOf('pn.nspname', 'p.relname')}, ', ' ORDER BY i.inhseqno) AS names
  FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
  GROUP BY i.inhrelid) AS ancestors ON ancestors.inhrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'f') AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}`;
