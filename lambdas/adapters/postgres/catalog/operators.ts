import {
  type CatalogFamily,
  functionName,
  isMadeByUser,
  isNoMember,
  isUserSchema,
  nameOf,
  ownerOf,
  standsAlone,
} from './family';

export const casts: CatalogFamily = () => `
SELECT 'cast', format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
  ${functionName('c.castfunc')} AS "function",
  CASE c.castmethod WHEN 'f' THEN 'function' WHEN 'i' THEN 'inout' WHEN 'b' THEN 'binary' END AS "method",
  CASE c.castcontext WHEN 'e' THEN 'explicit' WHEN 'a' THEN 'assignment' WHEN 'i' THEN 'implicit' END AS "context"
FROM pg_cast c
WHERE ${isMadeByUser('c.oid')} AND ${isNoMember('pg_cast', 'c.oid')} AND ${standsAlone('pg_cast', 'c.oid')}`;

export const operators: CatalogFamily = () => `
SELECT 'operator', o.oid::regoperator::text,
  ${ownerOf('o.oprowner')} AS "owner",
  ${functionName('o.oprcode')} AS "function",
  NULLIF(o.oprcom, 0)::regoperator::text AS "commutator",
  NULLIF(o.oprnegate, 0)::regoperator::text AS "negator",
  ${functionName('o.oprrest')} AS "restrict",
  ${functionName('o.oprjoin')} AS "join",
  NULLIF(o.oprcanhash, false) AS "canHash",
  NULLIF(o.oprcanmerge, false) AS "canMerge"
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_operator', 'o.oid')}`;

export const operatorFamilies: CatalogFamily = () => `
SELECT 'operator family', format('%I.%I USING %I', n.nspname, f.opfname, am.amname),
  ${ownerOf('f.opfowner')} AS "owner",
  (SELECT string_agg(format('%s %s%s', o.amopstrategy, o.amopopr::regoperator,
      (SELECT ' FOR ORDER BY ' || quote_ident(s.opfname) FROM pg_opfamily s WHERE s.oid = o.amopsortfamily)), ', ' ORDER BY o.amopopr::regoperator::text, o.amopstrategy)
    FROM pg_amop o WHERE o.amopfamily = f.oid) AS "operators",
  (SELECT string_agg(format('%s %s', p.amprocnum, p.amproc::regprocedure), ', ' ORDER BY p.amproc::regprocedure::text, p.amprocnum)
    FROM pg_amproc p WHERE p.amprocfamily = f.oid) AS "functions"
FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am am ON am.oid = f.opfmethod
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_opfamily', 'f.oid')}`;

export const operatorClasses: CatalogFamily = () => `
SELECT 'operator class', format('%I.%I USING %I', n.nspname, c.opcname, am.amname),
  ${ownerOf('c.opcowner')} AS "owner",
  format_type(c.opcintype, NULL) AS "type",
  NULLIF(c.opcdefault, false) AS "isDefault",
  ${nameOf('fn.nspname', 'f.opfname')} AS "family",
  CASE WHEN c.opckeytype <> 0 THEN format_type(c.opckeytype, NULL) END AS "storage"
FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am am ON am.oid = c.opcmethod
JOIN pg_opfamily f ON f.oid = c.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_opclass', 'c.oid')}`;
