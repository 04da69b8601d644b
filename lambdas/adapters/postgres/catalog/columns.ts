import {
  type CatalogFamily,
  foreignOptionsOf,
  isNoMember,
  isUserSchema,
  nameOf,
  optionsOf,
  privilegesOf,
} from './family';

// From 18 on NOT NULL is a constraint with a name, and may be NOT VALID or NO INHERIT. The name counts only where somebody chose it.
const notNullFields = `
  CASE WHEN nn.conname <> left(format('%s_%s_not_null', c.relname, a.attname), 63) THEN quote_ident(nn.conname) END AS "notNullName",
  CASE WHEN NOT nn.convalidated THEN false END AS "isNotNullValidated",
  NULLIF(nn.connoinherit, false) AS "isNotNullLocal",`;
const notNullJoin = `
LEFT JOIN pg_constraint nn ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey[1] = a.attnum`;

/** Columns of tables, foreign tables, views and materialized views; the type's definition has those of composite types. */
export const columns: CatalogFamily = (version) => `
SELECT 'column', ${nameOf('n.nspname', 'c.relname', 'a.attname')},
  -- Counted without the dropped ones, whose numbers are never given again.
  row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum)::int AS "position",
  format_type(a.atttypid, a.atttypmod) AS "type",
  NOT a.attnotnull AS "isNullable",
  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
  CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "generated",
  CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS "generatedAs",
  CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS "identity",
  CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS "collation",
  CASE WHEN a.attstorage <> t.typstorage THEN
    CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END
  END AS "storage",
  CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS "compression",
  NULLIF(a.attstattarget, -1)::int AS "statisticsTarget",
  ${optionsOf('a.attoptions')} AS "options",
  ${foreignOptionsOf('a.attfdwoptions')} AS "foreignOptions",
  NULLIF(a.attinhcount, 0)::int AS "inheritedFrom",
  CASE WHEN a.attinhcount > 0 THEN NULLIF(a.attislocal, false) END AS "isAlsoLocal",${version >= 18 ? notNullFields : ''}
  ${privilegesOf('a.attacl', 'c', 'c.relowner')} AS "privileges"
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum${version >= 18 ? notNullJoin : ''}
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}`;
