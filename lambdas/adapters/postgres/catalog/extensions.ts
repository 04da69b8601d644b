import { type CatalogFamily, isNoMember, isUserSchema, nameOf, ownerOf } from './family';

/** Extensions as one object each; what they bring is theirs. Without their owner, whom PostgreSQL gives nobody a way to change. */
export const extensions: CatalogFamily = () => `
SELECT 'extension', quote_ident(e.extname),
  e.extversion AS "version",
  quote_ident(n.nspname) AS "schema"
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace`;

/** `ALTER … DEPENDS ON EXTENSION`: the object goes when the extension goes, and is none of its members. */
export const extensionDependencies: CatalogFamily = () => `
SELECT 'extension dependency', format('of %s %s on %I', object.type, named.name, e.extname),
  format('%s %s', upper(object.type), named.name) AS "object",
  quote_ident(e.extname) AS "extension"
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS object
CROSS JOIN LATERAL (
  SELECT CASE d.classid WHEN 'pg_proc'::regclass THEN d.objid::regprocedure::text ELSE object.identity END AS name) AS named
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'`;

export const extendedStatistics: CatalogFamily = () => `
SELECT 'statistics', ${nameOf('n.nspname', 's.stxname')},
  ${ownerOf('s.stxowner')} AS "owner",
  pg_get_statisticsobjdef(s.oid) AS "definition",
  NULLIF(s.stxstattarget, -1)::int AS "statisticsTarget"
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_statistic_ext', 's.oid')}`;
