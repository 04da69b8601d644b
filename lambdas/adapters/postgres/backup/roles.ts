/** The roles that a database's objects name, and the script that makes those that another server lacks. */
import type { Session } from '../session/session';

/**
 * Owners, grantees, grantors and the roles of policies. The server's first superuser owns without an entry in pg_shdepend, so owners
 * are looked up too. PostgreSQL's own roles are on every server.
 */
const neededRoles = `
WITH named AS (
  SELECT refobjid AS role FROM pg_shdepend
   WHERE refclassid = 'pg_authid'::regclass AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION SELECT relowner FROM pg_class WHERE oid >= 16384
  UNION SELECT nspowner FROM pg_namespace WHERE oid >= 16384
  UNION SELECT proowner FROM pg_proc WHERE oid >= 16384
  UNION SELECT typowner FROM pg_type WHERE oid >= 16384
  UNION SELECT lomowner FROM pg_largeobject_metadata
)
SELECT rolname::text AS role FROM named JOIN pg_roles r ON r.oid = named.role
 WHERE rolname !~ '^pg_' ORDER BY rolname COLLATE "C"`;

export const readRoles = async (session: Session): Promise<readonly string[]> =>
  (await session.query<{ role: string }>(neededRoles)).rows.map(({ role }) => role);

/** Between roles that the database names: of a membership in any other role nothing in it depends. */
const memberships = `
SELECT r.rolname::text AS role, m.rolname::text AS member, bool_or(a.admin_option) AS "isAdmin"
  FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
 WHERE r.rolname = ANY ($1) AND m.rolname = ANY ($1) GROUP BY 1, 2 ORDER BY 1, 2`;

type Membership = { readonly role: string; readonly member: string; readonly isAdmin: boolean };

/**
 * One statement: all roles that are missing are there after it, or none is. No password, no login; a membership is given only where one
 * of the two roles was made, so that nothing of a role that is there changes.
 */
export const writeRoles = async (session: Session, roles: readonly string[]): Promise<string> => {
  if (roles.length === 0) return '-- The database names no role.\n';
  const { rows } = await session.query<Membership>(memberships, [roles]);
  const [literal, name] = [
    (text: string) => session.escapeLiteral(text),
    (text: string) => session.escapeIdentifier(text),
  ];
  let tag = '$roles$';
  while (roles.some((role) => role.includes(tag))) tag = `$${tag.slice(1, -1)}_$`;
  return [
    "SET standard_conforming_strings = 'on';",
    `DO ${tag}`,
    'DECLARE made text[];',
    'BEGIN',
    ...roles.flatMap((role) => [
      `  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(role)}) THEN`,
      `    CREATE ROLE ${name(role)} NOLOGIN;`,
      `    made := pg_catalog.array_append(made, ${literal(role)});`,
      '  END IF;',
    ]),
    ...rows.flatMap(({ role, member, isAdmin }) => [
      `  IF ${literal(role)} = ANY (made) OR ${literal(member)} = ANY (made) THEN`,
      `    GRANT ${name(role)} TO ${name(member)}${isAdmin ? ' WITH ADMIN OPTION' : ''};`,
      '  END IF;',
    ]),
    `END ${tag};`,
    '',
  ].join('\n');
};

/** Those of the roles that the session's server does not have. */
export const readMissingRoles = async (session: Session, roles: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await session.query<{ role: string }>(
    'SELECT name AS role FROM unnest($1::text[]) AS wanted(name) WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name)',
    [roles],
  );
  return rows.map(({ role }) => role);
};
