import {
  type CatalogFamily,
  functionName,
  isMadeByUser,
  isNoMember,
  isUserSchema,
  nameOf,
  ownerOf,
  privilegesOf,
} from './family';

export const languages: CatalogFamily = () => `
SELECT 'language', quote_ident(l.lanname),
  ${ownerOf('l.lanowner')} AS "owner",
  l.lanpltrusted AS "isTrusted",
  ${functionName('l.lanplcallfoid')} AS "handler",
  ${functionName('l.laninline')} AS "inline",
  ${functionName('l.lanvalidator')} AS "validator",
  ${privilegesOf('l.lanacl', 'l', 'l.lanowner')} AS "privileges"
FROM pg_language l
WHERE ${isMadeByUser('l.oid')} AND ${isNoMember('pg_language', 'l.oid')}`;

export const transforms: CatalogFamily = () => `
SELECT 'transform', format('for %s language %I', format_type(t.trftype, NULL), l.lanname),
  ${functionName('t.trffromsql')} AS "fromSql",
  ${functionName('t.trftosql')} AS "toSql"
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
WHERE ${isNoMember('pg_transform', 't.oid')}`;

export const accessMethods: CatalogFamily = () => `
SELECT 'access method', quote_ident(a.amname),
  CASE a.amtype WHEN 'i' THEN 'index' WHEN 't' THEN 'table' END AS "type",
  ${functionName('a.amhandler')} AS "handler"
FROM pg_am a
WHERE ${isMadeByUser('a.oid')} AND ${isNoMember('pg_am', 'a.oid')}`;

const localeColumn = (version: number) => (version >= 17 ? 'c.colllocale' : 'c.colliculocale');

/** Without the version of the operating system's library, which changes with the machine and not with a migration. */
export const collations: CatalogFamily = (version) => `
SELECT 'collation', ${nameOf('n.nspname', 'c.collname')},
  ${ownerOf('c.collowner')} AS "owner",
  CASE c.collprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' END AS "provider",
  c.collisdeterministic AS "isDeterministic",
  c.collcollate AS "lcCollate",
  c.collctype AS "lcCtype",
  ${version >= 16 ? `c.collicurules AS "rules",` : ''}
  ${localeColumn(version)} AS "locale"
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_collation', 'c.oid')}`;

export const conversions: CatalogFamily = () => `
SELECT 'conversion', ${nameOf('n.nspname', 'c.conname')},
  ${ownerOf('c.conowner')} AS "owner",
  pg_encoding_to_char(c.conforencoding) AS "from",
  pg_encoding_to_char(c.contoencoding) AS "to",
  ${functionName('c.conproc')} AS "function",
  NULLIF(c.condefault, false) AS "isDefault"
FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_conversion', 'c.oid')}`;
