import { type CatalogFamily, foreignOptionsOf, functionName, isNoMember, ownerOf, privilegesOf } from './family';

export const foreignDataWrappers: CatalogFamily = () => `
SELECT 'foreign-data wrapper', quote_ident(w.fdwname),
  ${ownerOf('w.fdwowner')} AS "owner",
  ${functionName('w.fdwhandler')} AS "handler",
  ${functionName('w.fdwvalidator')} AS "validator",
  ${foreignOptionsOf('w.fdwoptions')} AS "foreignOptions",
  ${privilegesOf('w.fdwacl', 'F', 'w.fdwowner')} AS "privileges"
FROM pg_foreign_data_wrapper w
WHERE ${isNoMember('pg_foreign_data_wrapper', 'w.oid')}`;

export const foreignServers: CatalogFamily = () => `
SELECT 'server', quote_ident(s.srvname),
  ${ownerOf('s.srvowner')} AS "owner",
  quote_ident(w.fdwname) AS "wrapper",
  s.srvtype AS "type",
  s.srvversion AS "version",
  ${foreignOptionsOf('s.srvoptions')} AS "foreignOptions",
  ${privilegesOf('s.srvacl', 'S', 's.srvowner')} AS "privileges"
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE ${isNoMember('pg_foreign_server', 's.oid')}`;

/** Only their names: their options hold passwords. */
export const userMappings: CatalogFamily = () => `
SELECT 'user mapping', format('for %s on %I', CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END, m.srvname)
FROM pg_user_mappings m`;
