/** How the objects of a schema are called, by the numbers that they keep when they are renamed. */
import type { NamedObject } from '#domain/catalog/renames';
import type { Session } from '../session/session';

const isUsers = (schema: string) =>
  `${schema}.nspname !~ '^pg_' AND ${schema}.nspname NOT IN ('information_schema', 'migration_checklist')`;

// What is inherited is renamed with its parent, an index of a constraint with the constraint, a row type with its table.
const namesQuery = `
SELECT 'schema' AS kind, 'n' || n.oid AS number, '' AS parent, pg_catalog.quote_ident(n.nspname) AS name
FROM pg_catalog.pg_namespace n WHERE ${isUsers('n')}
UNION ALL
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
    WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END,
  'r' || c.oid, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(c.relname)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I') AND c.relpersistence <> 't' AND ${isUsers('n')}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'column', 'a' || a.attrelid || '.' || a.attnum, pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.quote_ident(a.attname)
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0 AND c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't' AND ${isUsers('n')}
UNION ALL
SELECT CASE WHEN k.conrelid <> 0 THEN 'constraint' ELSE 'domain constraint' END, 'k' || k.oid,
  pg_catalog.format('%I.%I', n.nspname, coalesce(c.relname, t.typname)), pg_catalog.quote_ident(k.conname)
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid
WHERE k.contype IN ('p', 'u', 'x', 'f', 'c') AND k.coninhcount = 0 AND ${isUsers('n')}
UNION ALL
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, 't' || t.oid, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(t.typname)
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('d', 'e', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND ${isUsers('n')}
ORDER BY 1, 2`;

export const readNames = async (session: Session): Promise<readonly NamedObject[]> =>
  (await session.query<NamedObject>(namesQuery)).rows;
