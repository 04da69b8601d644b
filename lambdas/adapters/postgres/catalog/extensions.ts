import { type CatalogFamily, isNoMember, isUserSchema, nameOf, ownerOf } from './family';

/** Extensions as one object each; what they bring is theirs. Without their owner, whom PostgreSQL gives nobody a way to change. */
export const extensions: CatalogFamily = () => `
SELECT 'extension', quote_ident(e.extname),
  e.extversion AS "version",
  quote_ident(n.nspname) AS "schema"
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace`;

export const extendedStatistics: CatalogFamily = () => `
SELECT 'statistics', ${nameOf('n.nspname', 's.stxname')},
  ${ownerOf('s.stxowner')} AS "owner",
  pg_get_statisticsobjdef(s.oid) AS "definition",
  NULLIF(s.stxstattarget, -1)::int AS "statisticsTarget"
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_statistic_ext', 's.oid')}`;
