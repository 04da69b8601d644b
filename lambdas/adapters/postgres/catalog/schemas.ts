import { type CatalogFamily, isNoMember, isUserSchema, ownerOf, privilegesOf } from './family';

export const schemas: CatalogFamily = () => `
SELECT 'schema', quote_ident(n.nspname),
  ${ownerOf('n.nspowner')} AS "owner",
  ${privilegesOf('n.nspacl', 'n', 'n.nspowner')} AS "privileges"
FROM pg_namespace n
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_namespace', 'n.oid')}`;

/** ALTER DEFAULT PRIVILEGES. Without a schema the row holds all privileges, with one only what is added to them. */
export const defaultPrivileges: CatalogFamily = () => `
SELECT 'default privileges',
  format('%I%s on %s', pg_get_userbyid(a.defaclrole),
    CASE WHEN n.oid IS NOT NULL THEN format(' in %I', n.nspname) ELSE '' END,
    CASE a.defaclobjtype
      WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
      WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' WHEN 'L' THEN 'large objects' END),
  ${privilegesOf('a.defaclacl', null, 'a.defaclrole')} AS "privileges"
FROM pg_default_acl a
LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
WHERE (n.oid IS NULL OR ${isUserSchema('n.nspname')}) AND ${isNoMember('pg_default_acl', 'a.oid')}`;
