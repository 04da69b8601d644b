/** What needs an extension: objects that depend on what it brought, and the migration that names it. */
import { type ExtensionMember, membersNamedIn } from '#domain/backup/named-members';
import type { Session } from '../session/session';

/** By the extension's name as the catalog quotes it; one phrase each. */
export type ExtensionNeeds = ReadonlyMap<string, readonly string[]>;

// What belongs to a member, such as the rule of its view or the default of its column, is the extension's own.
const dependents = `
WITH member AS (
  SELECT refobjid AS extension, classid, objid FROM pg_depend
   WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
), own AS (
  SELECT extension, classid, objid FROM member
  UNION
  SELECT m.extension, d.classid, d.objid FROM member m
    JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype IN ('i', 'a')
)
SELECT quote_ident(e.extname) AS extension, pg_describe_object(d.classid, d.objid, d.objsubid) AS object
  FROM member m JOIN pg_extension e ON e.oid = m.extension
  JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype = 'n'
 WHERE NOT EXISTS (SELECT FROM own WHERE own.extension = m.extension AND own.classid = d.classid AND own.objid = d.objid)
 GROUP BY 1, 2 ORDER BY 1, 2`;

const members = `
SELECT quote_ident(e.extname) AS extension, a.object_names[1] AS schema,
       a.object_names[cardinality(a.object_names)] AS name,
       a.object_names[1] = ANY (array_append($1::text[], 'pg_catalog')) AS "isVisible"
  FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid,
       pg_identify_object_as_address(d.classid, d.objid, 0) a
 WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
   AND d.classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)`;

type Dependent = { readonly extension: string; readonly object: string };

/** `sql` is a migration's, `path` the schemas that its names are looked up in. The session's search_path is empty. */
export const readExtensionNeeds = async (
  session: Session,
  { sql, path }: { readonly sql: string; readonly path: readonly string[] },
): Promise<ExtensionNeeds> => {
  const needs = new Map<string, string[]>();
  const add = (extension: string, need: string) => needs.set(extension, [...(needs.get(extension) ?? []), need]);
  for (const { extension, object } of (await session.query<Dependent>(dependents)).rows)
    add(extension, `${object} depends on it`);
  if (sql === '') return needs;
  for (const { extension, name } of membersNamedIn(sql, (await session.query<ExtensionMember>(members, [path])).rows))
    add(extension, `the migration names ${name}`);
  return needs;
};
