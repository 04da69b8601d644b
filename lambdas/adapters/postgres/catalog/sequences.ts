import { type CatalogFamily, isNoMember, isUserSchema, nameOf, ownerOf, privilegesOf } from './family';

/** Sequences as they were made; the number they have come to is data. */
export const sequences: CatalogFamily = () => `
SELECT 'sequence', ${nameOf('n.nspname', 'c.relname')},
  format_type(s.seqtypid, NULL) AS "type",
  s.seqstart AS "start",
  s.seqincrement AS "increment",
  s.seqmin AS "minimum",
  s.seqmax AS "maximum",
  s.seqcache AS "cache",
  NULLIF(s.seqcycle, false) AS "isCycling",
  CASE c.relpersistence WHEN 'u' THEN true END AS "isUnlogged",
  ${nameOf('tn.nspname', 't.relname', 'a.attname')} AS "ownedBy",
  CASE owning.deptype WHEN 'i' THEN true END AS "isIdentity",
  ${ownerOf('c.relowner')} AS "owner",
  ${privilegesOf('c.relacl', 's', 'c.relowner')} AS "privileges"
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (
  pg_depend owning
  JOIN pg_class t ON t.oid = owning.refobjid
  JOIN pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = owning.refobjid AND a.attnum = owning.refobjsubid
) ON owning.classid = 'pg_class'::regclass AND owning.refclassid = 'pg_class'::regclass
  AND owning.objid = c.oid AND owning.deptype IN ('a', 'i')
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}`;
