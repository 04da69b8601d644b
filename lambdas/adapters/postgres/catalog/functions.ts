import {
  type CatalogFamily,
  functionName,
  isNoMember,
  isUserSchema,
  ownerOf,
  privilegesOf,
  standsAlone,
} from './family';

/** Functions and procedures: the whole CREATE statement, body, language, volatility, settings and all. */
export const functions: CatalogFamily = () => `
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window function' ELSE 'function' END, p.oid::regprocedure::text,
  ${ownerOf('p.proowner')} AS "owner",
  pg_get_functiondef(p.oid) AS "definition",
  ${privilegesOf('p.proacl', 'f', 'p.proowner')} AS "privileges"
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind <> 'a' AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_proc', 'p.oid')}
  AND ${standsAlone('pg_proc', 'p.oid')}`;

const finish = (mode: string) => `CASE ${mode} WHEN 's' THEN 'shareable' WHEN 'w' THEN 'read_write' END`;

export const aggregates: CatalogFamily = () => `
SELECT 'aggregate', p.oid::regprocedure::text,
  ${ownerOf('p.proowner')} AS "owner",
  pg_get_function_arguments(p.oid) AS "arguments",
  pg_get_function_result(p.oid) AS "returns",
  CASE a.aggkind WHEN 'o' THEN 'ordered set' WHEN 'h' THEN 'hypothetical set' END AS "form",
  NULLIF(a.aggnumdirectargs, 0)::int AS "directArguments",
  ${functionName('a.aggtransfn')} AS "sfunc",
  format_type(a.aggtranstype, NULL) AS "stype",
  NULLIF(a.aggtransspace, 0)::int AS "sspace",
  ${functionName('a.aggfinalfn')} AS "finalfunc",
  NULLIF(a.aggfinalextra, false) AS "finalfunc_extra",
  ${finish('a.aggfinalmodify')} AS "finalfunc_modify",
  ${functionName('a.aggcombinefn')} AS "combinefunc",
  ${functionName('a.aggserialfn')} AS "serialfunc",
  ${functionName('a.aggdeserialfn')} AS "deserialfunc",
  a.agginitval AS "initcond",
  ${functionName('a.aggmtransfn')} AS "msfunc",
  ${functionName('a.aggminvtransfn')} AS "minvfunc",
  CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END AS "mstype",
  NULLIF(a.aggmtransspace, 0)::int AS "msspace",
  ${functionName('a.aggmfinalfn')} AS "mfinalfunc",
  NULLIF(a.aggmfinalextra, false) AS "mfinalfunc_extra",
  ${finish('a.aggmfinalmodify')} AS "mfinalfunc_modify",
  a.aggminitval AS "minitcond",
  NULLIF(a.aggsortop, 0)::regoperator::text AS "sortop",
  CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS "parallel",
  ${privilegesOf('p.proacl', 'f', 'p.proowner')} AS "privileges"
FROM pg_aggregate a
JOIN pg_proc p ON p.oid = a.aggfnoid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_proc', 'p.oid')}`;
