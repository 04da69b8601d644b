import { type CatalogFamily, functionName, isNoMember, isUserSchema, nameOf, ownerOf, privilegesOf } from './family';

const ownerAndPrivileges = `
  ${ownerOf('t.typowner')} AS "owner",
  ${privilegesOf('t.typacl', 'T', 't.typowner')} AS "privileges"`;
const isListed = `${isUserSchema('n.nspname')} AND ${isNoMember('pg_type', 't.oid')}`;
const collationOf = (given: string, standard: string) =>
  `CASE WHEN ${given} <> ${standard} THEN ${given}::regcollation::text END AS "collation"`;

export const enumTypes: CatalogFamily = () => `
SELECT 'type', ${nameOf('n.nspname', 't.typname')}, 'enum' AS "form",
  (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS "labels",
  ${ownerAndPrivileges}
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND ${isListed}`;

export const compositeTypes: CatalogFamily = () => `
SELECT 'type', ${nameOf('n.nspname', 't.typname')}, 'composite' AS "form",
  (SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END),
      ', ' ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS "attributes",
  ${ownerAndPrivileges}
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typtype = 'c' AND c.relkind = 'c' AND ${isListed}`;

export const rangeTypes: CatalogFamily = () => `
SELECT 'type', ${nameOf('n.nspname', 't.typname')}, 'range' AS "form",
  format_type(r.rngsubtype, NULL) AS "subtype",
  ${nameOf('cn.nspname', 'oc.opcname')} AS "subtype_opclass",
  CASE WHEN r.rngcollation <> sub.typcollation THEN r.rngcollation::regcollation::text END AS "collation",
  NULLIF(r.rngcanonical, 0)::regproc::text AS "canonical",
  NULLIF(r.rngsubdiff, 0)::regproc::text AS "subtype_diff",
  format_type(r.rngmultitypid, NULL) AS "multirange_type_name",
  ${ownerAndPrivileges}
FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_type sub ON sub.oid = r.rngsubtype
JOIN pg_opclass oc ON oc.oid = r.rngsubopc JOIN pg_namespace cn ON cn.oid = oc.opcnamespace
WHERE ${isListed}`;

export const domains: CatalogFamily = () => `
SELECT 'domain', ${nameOf('n.nspname', 't.typname')},
  format_type(t.typbasetype, t.typtypmod) AS "type",
  ${collationOf('t.typcollation', 'base.typcollation')},
  t.typdefault AS "default",
  NOT t.typnotnull AS "isNullable",
  ${ownerAndPrivileges}
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type base ON base.oid = t.typbasetype
WHERE t.typtype = 'd' AND ${isListed}`;

/** Types written in C, and shells of them; the array types that come with every type are no objects of their own. */
export const baseTypes: CatalogFamily = () => `
SELECT 'type', ${nameOf('n.nspname', 't.typname')}, CASE WHEN t.typisdefined THEN 'base' ELSE 'shell' END AS "form",
  ${functionName('t.typinput')} AS "input",
  ${functionName('t.typoutput')} AS "output",
  ${functionName('t.typreceive')} AS "receive",
  ${functionName('t.typsend')} AS "send",
  t.typlen::int AS "internalLength",
  t.typbyval AS "isPassedByValue",
  t.typalign::text AS "alignment",
  t.typstorage::text AS "storage",
  t.typcategory::text AS "category",
  t.typispreferred AS "isPreferred",
  t.typdefault AS "default",
  t.typdelim::text AS "delimiter",
  CASE WHEN t.typelem <> 0 THEN format_type(t.typelem, NULL) END AS "element",
  ${ownerAndPrivileges}
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typtype = 'b' OR NOT t.typisdefined) AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid)
  AND ${isListed}`;
