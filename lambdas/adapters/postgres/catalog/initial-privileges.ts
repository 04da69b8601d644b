import { type CatalogFamily, ownerOf } from './family';

/** A system catalog whose objects have privileges. */
type Class = {
  readonly catalog: string;
  /** The column of the access list, and of the owner, in terms of `o`. */
  readonly acl: string;
  readonly owner: string;
  /** acldefault()'s letter as an SQL expression. */
  readonly kind: string;
  /** The schema that the object is in; null for kinds that are in none. */
  readonly schema: string | null;
};

// All classes whose privileges pg_dump writes for a member of an extension.
const classes: readonly Class[] = [
  {
    catalog: 'pg_class',
    acl: 'relacl',
    owner: 'relowner',
    kind: `CASE o.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END`,
    schema: 'relnamespace',
  },
  { catalog: 'pg_proc', acl: 'proacl', owner: 'proowner', kind: `'f'::"char"`, schema: 'pronamespace' },
  { catalog: 'pg_type', acl: 'typacl', owner: 'typowner', kind: `'T'::"char"`, schema: 'typnamespace' },
  { catalog: 'pg_namespace', acl: 'nspacl', owner: 'nspowner', kind: `'n'::"char"`, schema: null },
  { catalog: 'pg_language', acl: 'lanacl', owner: 'lanowner', kind: `'l'::"char"`, schema: null },
  { catalog: 'pg_foreign_data_wrapper', acl: 'fdwacl', owner: 'fdwowner', kind: `'F'::"char"`, schema: null },
  { catalog: 'pg_foreign_server', acl: 'srvacl', owner: 'srvowner', kind: `'S'::"char"`, schema: null },
];

// The schema public is among the schemas, whoever made it; information_schema pg_dump leaves out.
const isBuiltIn = ({ catalog, schema }: Class) => {
  if (schema) return `o.oid < 16384 AND o.${schema} = 'pg_catalog'::regnamespace`;
  return catalog === 'pg_namespace' ? `o.nspname = 'pg_catalog'` : 'o.oid < 16384';
};

const isMember = (catalog: string, oid: string) => `EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.objsubid = 0 AND d.deptype = 'e')`;

const objectsOf = (each: Class) => `
  SELECT '${each.catalog}'::regclass AS class, o.oid, 0 AS part, o.${each.acl} AS acl, o.${each.owner} AS owner, ${each.kind} AS kind
  FROM ${each.catalog} o
  WHERE o.${each.acl} IS NOT NULL AND (${isBuiltIn(each)} OR ${isMember(each.catalog, 'o.oid')})`;

const columnObjects = `
  SELECT 'pg_class'::regclass, a.attrelid, a.attnum::int, a.attacl, c.relowner, 'c'::"char"
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND a.attnum > 0
    AND (c.oid < 16384 AND c.relnamespace = 'pg_catalog'::regnamespace OR ${isMember('pg_class', 'c.oid')})`;

/** The entries of one list that the other has not: `app: SELECT; PUBLIC: USAGE*`, OWNER for whoever owns the object. */
const entriesOnlyIn = (one: string, other: string) => `(
    SELECT string_agg(format('%s: %s%s', who, what, via), '; ' ORDER BY who COLLATE "C", via COLLATE "C") FROM (
      SELECT
        CASE entry.grantee WHEN 0 THEN 'PUBLIC' WHEN held.owner THEN 'OWNER' ELSE ${ownerOf('entry.grantee')} END AS who,
        CASE WHEN entry.grantor <> held.owner THEN ' granted by ' || ${ownerOf('entry.grantor')} ELSE '' END AS via,
        string_agg(entry.privilege_type || CASE WHEN entry.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY entry.privilege_type) AS what
      FROM (SELECT * FROM aclexplode(${one}) EXCEPT SELECT * FROM aclexplode(${other})) AS entry
      GROUP BY 1, 2) AS listed)`;

/**
 * Privileges on members of extensions and on built-in objects, where they are not those that the extension or initdb gave: what
 * the object is comes from them, what somebody granted or revoked is ours.
 */
export const initialPrivileges: CatalogFamily = () => `
SELECT 'privileges', object.type || ' ' || CASE held.class WHEN 'pg_proc'::regclass THEN held.oid::regprocedure::text ELSE object.identity END,
  ${entriesOnlyIn('held.acl', 'held.initial')} AS "granted",
  ${entriesOnlyIn('held.initial', 'held.acl')} AS "revoked"
FROM (
  SELECT given.*, coalesce(first.initprivs, acldefault(given.kind, given.owner)) AS initial
  FROM (${[...classes.map(objectsOf), columnObjects].join(' UNION ALL ')}) AS given
  LEFT JOIN pg_init_privs first ON first.classoid = given.class AND first.objoid = given.oid AND first.objsubid = given.part
) AS held
CROSS JOIN LATERAL pg_identify_object(held.class, held.oid, held.part) AS object
WHERE NOT (held.acl @> held.initial AND held.acl <@ held.initial)`;
