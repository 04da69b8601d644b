import { type CatalogFamily, isNoMember, isUserSchema, nameOf, ownerOf } from './family';

/** Row-level security policies; the table's definition says whether they are in force. */
export const policies: CatalogFamily = () => `
SELECT 'policy', ${nameOf('n.nspname', 'c.relname', 'p.polname')},
  CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END AS "command",
  p.polpermissive AS "isPermissive",
  (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE ${ownerOf('role')} END, ', '
      ORDER BY pg_get_userbyid(role)) FROM unnest(p.polroles) AS role) AS "roles",
  pg_get_expr(p.polqual, p.polrelid) AS "using",
  pg_get_expr(p.polwithcheck, p.polrelid) AS "withCheck"
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}`;
