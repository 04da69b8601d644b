/** Who may do what: as the catalog has it, and as GRANT and REVOKE in a file change it. */
import type { Node } from 'libpg-query';
import type { CatalogDefinition } from '#domain/catalog/catalog';
import { unquote } from '#domain/catalog/identifiers';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, nodesOf, qualified, relationName, stringsOf } from '#domain/sql/syntax';

/** `role` is PUBLIC for everybody. */
export type Grant = { readonly role: string; readonly privileges: readonly string[] };

const everybody = 'PUBLIC';

// What everybody may do with a new object of the kind, written down nowhere.
const publicByDefault: Readonly<Record<string, string>> = { function: 'EXECUTE', type: 'USAGE' };

/** `app: INSERT, SELECT*; PUBLIC: USAGE`, taken apart; without the owner's. `kind` as KnownObject has it. */
export const grantsIn = (kind: string, { privileges, owner }: CatalogDefinition): readonly Grant[] => {
  if (typeof privileges !== 'string') {
    const standard = publicByDefault[kind];
    return standard ? [{ role: everybody, privileges: [standard] }] : [];
  }
  if (privileges === 'none') return [];
  return privileges.split('; ').flatMap((entry) => {
    const [, who = '', what = ''] = /^(.*?): (.*?)(?: granted by .*)?$/.exec(entry) ?? [];
    return who === owner ? [] : [{ role: unquote(who), privileges: what.replaceAll('*', '').split(', ') }];
  });
};

export type GrantChange = {
  readonly isGrant: boolean;
  /** As KnownObject has it. */
  readonly kinds: readonly string[];
  /** Of single objects; empty for ALL … IN SCHEMA. */
  readonly names: readonly string[];
  /** Of ALL … IN SCHEMA. */
  readonly schemas: readonly string[];
  readonly roles: readonly string[];
  /** Null for ALL. */
  readonly privileges: readonly string[] | null;
  /** By privilege, of those that are for columns only. */
  readonly columns: readonly string[];
  readonly statement: SqlStatement;
};

const relations = ['table', 'view', 'materialized view', 'foreign table', 'sequence'];
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  OBJECT_TABLE: relations,
  OBJECT_SEQUENCE: ['sequence'],
  OBJECT_FUNCTION: ['function'],
  OBJECT_PROCEDURE: ['function'],
  OBJECT_ROUTINE: ['function'],
  OBJECT_SCHEMA: ['schema'],
  OBJECT_TYPE: ['type'],
  OBJECT_DOMAIN: ['type'],
};

const nameOf = (object: Node): string => {
  const relation = nodeOf(object, 'RangeVar');
  if (relation) return relationName(relation);
  const routine = nodeOf(object, 'ObjectWithArgs');
  if (routine) return qualified(stringsOf(routine.objname));
  const type = nodeOf(object, 'TypeName')?.names ?? nodeOf(object, 'List')?.items;
  return type ? qualified(stringsOf(type)) : (nodeOf(object, 'String')?.sval ?? '');
};

/** Null for a statement that is neither GRANT nor REVOKE of a privilege; REVOKE GRANT OPTION FOR takes none away. */
export const grantChangeIn = (statement: SqlStatement): GrantChange | null => {
  const grant = nodeOf(statement.node, 'GrantStmt');
  if (!grant || (!grant.is_grant && grant.grant_option)) return null;
  const isSchema = grant.targtype === 'ACL_TARGET_ALL_IN_SCHEMA';
  const names = (grant.objects ?? []).map(nameOf);
  const privileges = nodesOf(grant.privileges, 'AccessPriv');
  return {
    isGrant: grant.is_grant === true,
    // ALL TABLES means no sequences; a single one may be named as a table.
    kinds: (kindsOf[grant.objtype ?? ''] ?? []).filter(
      (kind) => !isSchema || kind !== 'sequence' || grant.objtype === 'OBJECT_SEQUENCE',
    ),
    names: isSchema ? [] : names,
    schemas: isSchema ? names : [],
    roles: nodesOf(grant.grantees, 'RoleSpec').map(({ roletype, rolename }) =>
      roletype === 'ROLESPEC_PUBLIC' ? everybody : (rolename ?? ''),
    ),
    privileges: privileges.length === 0 ? null : privileges.map(({ priv_name: name }) => (name ?? 'ALL').toUpperCase()),
    columns: privileges.flatMap(({ cols }) => stringsOf(cols)),
    statement,
  };
};

export const isAbout = (
  { kinds, names, schemas }: GrantChange,
  { kind, name }: { readonly kind: string; readonly name: string },
): boolean => kinds.includes(kind) && (names.includes(name) || schemas.includes(name.split('.')[0] ?? ''));

export const includes = ({ privileges }: GrantChange, privilege: string): boolean =>
  privileges === null || privileges.includes('ALL') || privileges.includes(privilege);
