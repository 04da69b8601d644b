import { type CatalogFamily, columnNames, enabledWord, isNoMember, isUserSchema, nameOf } from './family';

const action = (code: string) =>
  `CASE ${code} WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END`;

/** Constraints of tables. The column's definition has NOT NULL, and constraint triggers are among the triggers. */
export const constraints: CatalogFamily = (version) => `
SELECT 'constraint', ${nameOf('n.nspname', 'c.relname', 'con.conname')},
  CASE con.contype
    WHEN 'p' THEN 'primary key' WHEN 'f' THEN 'foreign key' WHEN 'u' THEN 'unique'
    WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' END AS "type",
  pg_get_constraintdef(con.oid) AS "definition",
  ${columnNames('con.conrelid', 'con.conkey')} AS "columns",
  ${nameOf('pn.nspname', 'p.relname')} AS "targetTable",
  CASE con.contype WHEN 'f' THEN ${columnNames('con.confrelid', 'con.confkey')} END AS "targetColumns",
  CASE con.contype WHEN 'f' THEN ${action('con.confdeltype')} END AS "onDelete",
  CASE con.contype WHEN 'f' THEN ${action('con.confupdtype')} END AS "onUpdate",
  con.convalidated AS "isValidated",
  NULLIF(con.condeferrable, false) AS "isDeferrable",
  NULLIF(con.condeferred, false) AS "isInitiallyDeferred",
  ${version >= 18 ? `CASE WHEN NOT con.conenforced THEN false END AS "isEnforced",` : ''}
  NULLIF(con.coninhcount, 0)::int AS "inheritedFrom",
  CASE WHEN con.coninhcount > 0 THEN NULLIF(con.conislocal, false) END AS "isAlsoLocal",
  -- DISABLE TRIGGER ALL switches a foreign key off without a trace in pg_constraint.
  switched.modes AS "triggers"
FROM pg_constraint con
JOIN pg_class c ON c.oid = con.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (pg_class p JOIN pg_namespace pn ON pn.oid = p.relnamespace) ON p.oid = con.confrelid
LEFT JOIN pg_constraint parent ON parent.oid = con.conparentid
LEFT JOIN (
  SELECT tgconstraint, string_agg(DISTINCT ${enabledWord('tgenabled')}, ', ') AS modes
  FROM pg_trigger WHERE tgisinternal AND tgenabled <> 'O' GROUP BY tgconstraint
) AS switched ON switched.tgconstraint = con.oid
-- A foreign key to a partitioned table has a copy per partition on the same table, under names of PostgreSQL's making.
WHERE con.contype IN ('p', 'f', 'u', 'c', 'x') AND parent.conrelid IS DISTINCT FROM con.conrelid
  AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}`;

export const domainConstraints: CatalogFamily = () => `
SELECT 'domain constraint', ${nameOf('n.nspname', 't.typname', 'con.conname')},
  pg_get_constraintdef(con.oid) AS "definition",
  con.convalidated AS "isValidated"
FROM pg_constraint con
JOIN pg_type t ON t.oid = con.contypid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE con.contype = 'c' AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_type', 't.oid')}`;
