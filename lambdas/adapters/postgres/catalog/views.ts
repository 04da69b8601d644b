import {
  type CatalogFamily,
  enabledWord,
  isNoMember,
  isUserSchema,
  nameOf,
  optionsOf,
  ownerOf,
  privilegesOf,
} from './family';

export const views: CatalogFamily = () => `
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, ${nameOf('n.nspname', 'c.relname')},
  ${ownerOf('c.relowner')} AS "owner",
  pg_get_viewdef(c.oid) AS "definition",
  ${optionsOf('c.reloptions')} AS "options",
  CASE c.relkind WHEN 'm' THEN c.relispopulated END AS "isPopulated",
  NULLIF(am.amname, 'heap') AS "accessMethod",
  t.spcname AS "tablespace",
  ${privilegesOf('c.relacl', 'r', 'c.relowner')} AS "privileges"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
WHERE c.relkind IN ('v', 'm') AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}`;

/** Rules but for those that make a view a view. */
export const rules: CatalogFamily = () => `
SELECT 'rule', ${nameOf('n.nspname', 'c.relname', 'r.rulename')},
  pg_get_ruledef(r.oid) AS "definition",
  ${enabledWord('r.ev_enabled')} AS "enabled"
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}`;
