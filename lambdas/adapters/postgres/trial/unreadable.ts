/** What our role cannot read whole, so that no dump of it can be complete. */
import type { CopyFault } from '#domain/backup/copy-trial';
import type { Session } from '../session/session';

type Row = { readonly object: string; readonly cause: string; readonly remedy: string };

const saved = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'
  AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                   WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
                     AND d.refclassid = 'pg_extension'::regclass AND (c.oid = ANY (e.extconfig)) IS NOT TRUE)`;

const grantee = 'quote_ident(current_user)';

/** Each gives object, cause and remedy; the worst first. The session's search_path is empty. */
const queries: readonly string[] = [
  `SELECT format('role %s', ${grantee}) AS object, 'it may not create databases, and a copy is one' AS cause,
          format('as a superuser, ALTER ROLE %s CREATEDB', ${grantee}) AS remedy
     FROM pg_roles WHERE rolname = current_user AND NOT (rolsuper OR rolcreatedb)`,
  `SELECT format('schema %I', n.nspname) AS object, format('role %s may not use it', ${grantee}) AS cause,
          format('GRANT USAGE ON SCHEMA %I TO %s', n.nspname, ${grantee}) AS remedy
     FROM pg_namespace n
    WHERE NOT has_schema_privilege(n.oid, 'USAGE') AND EXISTS (
            SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'S') AND ${saved})
    ORDER BY n.nspname`,
  `SELECT format('table %I.%I', n.nspname, c.relname) AS object, format('role %s may not read it', ${grantee}) AS cause,
          format('GRANT SELECT ON %I.%I TO %s', n.nspname, c.relname, ${grantee}) AS remedy
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND ${saved} AND NOT has_table_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname`,
  `SELECT format('sequence %I.%I', n.nspname, c.relname) AS object,
          format('role %s may not read its value', ${grantee}) AS cause,
          format('GRANT SELECT ON SEQUENCE %I.%I TO %s', n.nspname, c.relname, ${grantee}) AS remedy
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND ${saved} AND NOT has_table_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname`,
  `SELECT format('table %I.%I', n.nspname, c.relname) AS object,
          format('its row-level security hides rows from role %s, so that no copy is complete', ${grantee}) AS cause,
          format('as a superuser, ALTER ROLE %s BYPASSRLS', ${grantee})
            || CASE WHEN pg_has_role(c.relowner, 'USAGE') AND c.relforcerowsecurity
                 THEN format(', or ALTER TABLE %I.%I NO FORCE ROW LEVEL SECURITY', n.nspname, c.relname) ELSE '' END AS remedy
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND ${saved} AND row_security_active(c.oid)
    ORDER BY n.nspname, c.relname`,
  // Their owner is set by the restore, so that reading is not enough.
  `SELECT format('large object %s', l.oid) AS object,
          format('it belongs to role %I, and role %s cannot give a copy of it that owner',
                 pg_get_userbyid(l.lomowner), ${grantee}) AS cause,
          format('as a superuser, ALTER LARGE OBJECT %s OWNER TO %s', l.oid, ${grantee}) AS remedy
     FROM pg_largeobject_metadata l WHERE NOT pg_has_role(l.lomowner, 'MEMBER') ORDER BY l.oid LIMIT 20`,
];

/** Empty is good. */
export const readUnreadable = async (session: Session): Promise<readonly CopyFault[]> => {
  const faults: CopyFault[] = [];
  for (const query of queries) faults.push(...(await session.query<Row>(query)).rows);
  return faults;
};
