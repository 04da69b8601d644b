/** Whether the role holds what a migration's statements need, asked before the first one runs. */
import type { PrivilegeNeed } from '#domain/review/privilege-needs';
import type { Privilege } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withSession } from './session/session';

type Kind = PrivilegeNeed['kind'];

const nameOf = (need: PrivilegeNeed) => (need.kind === 'create in schema' ? need.schema : need.relation);

/** Empty where the kind says which privilege it is. */
const privilegeOf = (need: PrivilegeNeed) => (need.kind === 'change rows' ? need.privilege : '');

const words: Readonly<Record<Kind, (name: string, privilege: string) => string>> = {
  'create in schema': (name) => `CREATE in schema ${name}`,
  'own relation': (name) => `ownership of ${name}`,
  'reference relation': (name) => `REFERENCES on ${name}`,
  'change rows': (name, privilege) => `${privilege} on ${name}`,
};

// Names are compared as PostgreSQL prints them with and without quotes; one without a schema is looked up in the schemas of
// the role's own search_path ($2), in its order.
const relationNamed = `
  SELECT c.oid, c.relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname || '.' || c.relname = name
     OR pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) = name
     OR (n.nspname = ANY ($2::text[]) AND (c.relname = name OR pg_catalog.quote_ident(c.relname) = name))
  ORDER BY pg_catalog.array_position($2::text[], n.nspname::text) NULLS FIRST LIMIT 1`;

/** Of each kind one boolean for a `name` and its `privilege`, null when there is no such object. */
const heldBy: Readonly<Record<Kind, string>> = {
  'create in schema': `
    SELECT pg_catalog.has_schema_privilege(n.oid, 'CREATE') FROM pg_catalog.pg_namespace n
    WHERE n.nspname = name OR pg_catalog.quote_ident(n.nspname) = name LIMIT 1`,
  'own relation': `SELECT pg_catalog.pg_has_role(relation.relowner, 'USAGE') FROM (${relationNamed}) relation`,
  'reference relation': `
    SELECT pg_catalog.has_any_column_privilege(relation.oid, 'REFERENCES') FROM (${relationNamed}) relation`,
  // Which columns a statement sets is not looked at: the right to any of them is taken as the right to those.
  'change rows': `
    SELECT CASE WHEN privilege IN ('INSERT', 'UPDATE') THEN pg_catalog.has_any_column_privilege(relation.oid, privilege)
                ELSE pg_catalog.has_table_privilege(relation.oid, privilege) END FROM (${relationNamed}) relation`,
};

// $2 goes unused for schemas, but a parameter that nobody mentions has no type.
const heldQuery = (kind: Kind) => `
SELECT (${heldBy[kind]}) AS held
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($3::text[])) WITH ORDINALITY AS asked (name, privilege, position)
WHERE $2::text[] IS NOT NULL ORDER BY position`;

/** What the apply itself needs beside the migration's statements. */
const ledgerQuery = `
SELECT CASE WHEN n.oid IS NULL THEN pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
            WHEN l.oid IS NULL THEN pg_catalog.has_schema_privilege(n.oid, 'CREATE')
            ELSE pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(l.oid, 'SELECT')
             AND pg_catalog.has_table_privilege(l.oid, 'INSERT') AND pg_catalog.has_table_privilege(l.oid, 'UPDATE')
       END AS held
FROM (VALUES ('migration_checklist')) AS ours (name)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = ours.name
LEFT JOIN pg_catalog.pg_class l ON l.relnamespace = n.oid AND l.relname = 'ledger' AND l.relkind = 'r'`;

/**
 * One answer per need, in its order, and a last one for the ledger that the migration's transaction writes.
 * An object that is not there yet is made by the same migration, whose role then owns it: it is not held against the role,
 * and the answer's words say so. Should nothing make it, the dry run fails with PostgreSQL's own message.
 */
export const readPrivileges = (
  connection: ConnectionSettings,
  needs: readonly PrivilegeNeed[],
): Promise<readonly Privilege[]> =>
  withSession(connection, async (session) => {
    const path = await session.query<{ schemas: string[] }>(
      'SELECT pg_catalog.current_schemas(false)::text[] AS schemas',
    );
    await session.query(`SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false)`);
    const answers = new Map<PrivilegeNeed, boolean | null>();
    for (const kind of Object.keys(heldBy) as Kind[]) {
      const asked = needs.filter((need) => need.kind === kind);
      if (asked.length === 0) continue;
      const { rows } = await session.query<{ held: boolean | null }>(heldQuery(kind), [
        asked.map(nameOf),
        path.rows[0]?.schemas ?? [],
        asked.map(privilegeOf),
      ]);
      for (const [position, need] of asked.entries()) answers.set(need, rows[position]?.held ?? null);
    }
    const { rows } = await session.query<{ held: boolean }>(ledgerQuery);
    return [
      ...needs.map((need) => {
        const held = answers.get(need) ?? null;
        const said = words[need.kind](nameOf(need), privilegeOf(need));
        return held === null
          ? { need: `${said} (not there yet: the migration makes it)`, held: true }
          : { need: said, held };
      }),
      { need: 'to write the ledger in schema migration_checklist', held: rows[0]?.held ?? false },
    ];
  });
