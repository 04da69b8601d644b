/** Row security and its policies, before the migration and after it. */
import type { Node } from 'libpg-query';
import { unquote } from '#domain/catalog/identifiers';
import { outcomesOf } from '#domain/sql/outcomes';
import { nodeOf, nodesOf, relationName } from '#domain/sql/syntax';
import type { ReviewContext } from './context';
import { type Grant, grantsIn } from './grants';

export type Policy = {
  readonly name: string;
  /** `all`, `select`, `insert`, `update`, `delete`. */
  readonly command: string;
  readonly roles: readonly string[];
  /** A restrictive one gives nothing, and neither does one whose condition is never true. */
  readonly isPermissive: boolean;
  /** False where its condition may keep rows back. */
  readonly letsAllRows: boolean;
};

export type RowSecurity = {
  readonly isOn: boolean;
  /** Also for the table's owner. */
  readonly isForced: boolean;
  readonly policies: readonly Policy[];
};

const rolesOf = (roles: readonly Node[] | undefined): readonly string[] => {
  const named = nodesOf(roles, 'RoleSpec').map(({ roletype, rolename }) =>
    roletype === 'ROLESPEC_PUBLIC' ? 'PUBLIC' : (rolename ?? ''),
  );
  return named.length > 0 ? named : ['PUBLIC'];
};

const definitionOf = ({ objects }: ReviewContext, table: string) =>
  objects.find(({ kind, name }) => kind === 'table' && name === table)?.object.definition;

export const rowSecurityBefore = (context: ReviewContext, table: string): RowSecurity => {
  const definition = definitionOf(context, table);
  return {
    isOn: definition?.['hasRowSecurity'] === true,
    isForced: definition?.['forcesRowSecurity'] === true,
    policies: context.objects
      .filter(({ kind, name }) => kind === 'policy' && name.startsWith(`${table}.`))
      .map(({ name, object }) => ({
        name: name.slice(table.length + 1),
        command: String(object.definition['command'] ?? 'all'),
        roles: String(object.definition['roles'] ?? 'PUBLIC')
          .split(', ')
          .map(unquote),
        isPermissive: object.definition['isPermissive'] !== false && object.definition['using'] !== 'false',
        letsAllRows: ['true', undefined, null].includes(object.definition['using'] as string | null | undefined),
      })),
  };
};

const switched: Readonly<Record<string, Partial<RowSecurity>>> = {
  AT_EnableRowSecurity: { isOn: true },
  AT_DisableRowSecurity: { isOn: false },
  AT_ForceRowSecurity: { isForced: true },
  AT_NoForceRowSecurity: { isForced: false },
};

const effectOf = (isPermissive: boolean, condition: Node | undefined): Pick<Policy, 'isPermissive' | 'letsAllRows'> => {
  const outcomes = condition ? outcomesOf(condition) : (['true'] as const);
  return {
    isPermissive: isPermissive && outcomes.includes('true'),
    letsAllRows: outcomes.every((outcome) => outcome === 'true'),
  };
};

const nextPolicies = (policies: readonly Policy[], table: string, node: unknown): readonly Policy[] => {
  const created = nodeOf(node, 'CreatePolicyStmt');
  if (created && relationName(created.table) === table)
    return [
      ...policies,
      {
        name: created.policy_name ?? '',
        command: created.cmd_name ?? 'all',
        roles: rolesOf(created.roles),
        ...effectOf(created.permissive === true, created.qual ?? created.with_check),
      },
    ];
  const altered = nodeOf(node, 'AlterPolicyStmt');
  if (altered && relationName(altered.table) === table)
    return policies.map((one) =>
      one.name === altered.policy_name
        ? {
            ...one,
            ...(altered.roles && { roles: rolesOf(altered.roles) }),
            ...(altered.qual && effectOf(one.isPermissive, altered.qual)),
          }
        : one,
    );
  return policies;
};

/** As the file leaves it. */
export const rowSecurityAfter = (context: ReviewContext, table: string): RowSecurity => {
  let state = rowSecurityBefore(context, table);
  for (const { node } of context.up.flat) {
    const altered = nodeOf(node, 'AlterTableStmt');
    if (altered && relationName(altered.relation) === table)
      for (const { subtype } of nodesOf(altered.cmds, 'AlterTableCmd'))
        state = { ...state, ...switched[subtype ?? ''] };
    state = { ...state, policies: nextPolicies(state.policies, table, node) };
  }
  const dropped = new Set(
    context.up.dropped
      .filter(({ kind, origin }) => kind === 'policy' && origin === 'before')
      .map(({ identity }) => identity),
  );
  const again = new Set(context.up.created.filter(({ kind }) => kind === 'policy').map(({ identity }) => identity));
  return {
    ...state,
    policies: state.policies.filter(({ name }) => {
      const identity = `${table}.${name}`;
      return !dropped.has(identity) || again.has(identity);
    }),
  };
};

const commands = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

/** The roles that hold grants, and the owner where row security is forced on it. */
const concerned = (context: ReviewContext, table: string, isForced: boolean): readonly Grant[] => {
  const definition = definitionOf(context, table) ?? {};
  const ofColumns = context.objects
    .filter(({ kind, name }) => kind === 'column' && name.startsWith(`${table}.`))
    .flatMap(({ object }) => grantsIn('column', object.definition))
    .filter(({ role }) => role !== unquote(String(definition['owner'] ?? '')));
  const owner = { role: unquote(String(definition['owner'] ?? '')), privileges: [...commands] };
  return [...grantsIn('table', definition), ...ofColumns, ...(isForced ? [owner] : [])];
};

const lets = ({ isOn, policies }: RowSecurity, role: string, command: string): boolean =>
  !isOn ||
  policies.some(
    (policy) =>
      policy.isPermissive &&
      (policy.command === 'all' || policy.command === command.toLowerCase()) &&
      (policy.roles.includes('PUBLIC') || policy.roles.includes(role)),
  );

/** True where roles that hold grants saw all rows before, and see those alone after for which a policy's condition is true. */
export const mayHideRows = (context: ReviewContext, table: string): boolean => {
  const [before, after] = [rowSecurityBefore(context, table), rowSecurityAfter(context, table)];
  if (before.isOn || !after.isOn) return false;
  return (
    concerned(context, table, after.isForced).length > 0 &&
    after.policies.some(({ isPermissive, letsAllRows }) => isPermissive && !letsAllRows)
  );
};

export type Hidden = { readonly role: string; readonly commands: readonly string[]; readonly isOwner: boolean };

/** What roles could do with rows before, and cannot do after, for want of a policy. */
export const hiddenFrom = (context: ReviewContext, table: string): readonly Hidden[] => {
  const [before, after] = [rowSecurityBefore(context, table), rowSecurityAfter(context, table)];
  const owner = unquote(String(definitionOf(context, table)?.['owner'] ?? ''));
  const byRole = new Map<string, Set<string>>();
  for (const { role, privileges } of concerned(context, table, after.isOn && after.isForced)) {
    const wasFree = role === owner && !before.isForced;
    const lost = commands.filter(
      (command) =>
        privileges.includes(command) && (wasFree || lets(before, role, command)) && !lets(after, role, command),
    );
    for (const command of lost) byRole.set(role, (byRole.get(role) ?? new Set()).add(command));
  }
  return [...byRole].map(([role, lost]) => ({ role, commands: [...lost], isOwner: role === owner }));
};
