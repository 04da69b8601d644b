/** Box 3.2: who could do something before, and cannot afterwards. */
import type { ReviewContext } from '../context';
import { type Grant, grantChangeIn, grantsIn, includes, isAbout } from '../grants';
import { lostColumns, lostGrants, lostParts, madeAnew, opensToPublic } from '../lost-with-object';
import type { KnownObject } from '../names/known-objects';
import { originIn } from '../names/name-book';
import { rowEstimate } from '../row-estimate';
import { hiddenFrom, type RowSecurity, rowSecurityAfter, rowSecurityBefore } from '../row-security';
import type { Rule, RuleFinding } from '../rule';

const box = '3.2';

const inWords = ({ role, privileges }: Grant) => `${role} loses ${privileges.join(', ')}`;

export const lostWhenMadeAnew: Rule = {
  id: 'lost-when-made-anew',
  severity: 'warn',
  box,
  title: 'What is dropped and made anew loses what was given to it',
  why: 'Privileges, triggers, policies and comments go with the old object: the new one belongs to whoever runs the migration, and nobody else may use it.',
  remedy: 'Use CREATE OR REPLACE where that is possible; otherwise GRANT again, and make what belonged to it again.',
  check: (context) =>
    madeAnew(context).flatMap((one) => {
      const { kind, identity, line, cascades } = one.dropped;
      const columns = lostColumns(context, one);
      const lost = [
        ...lostGrants(context, one).map(inWords),
        ...(opensToPublic(context, one) ? ['PUBLIC, which could not, may EXECUTE it'] : []),
        ...lostParts(context, one).map((part) => `${part} is gone`),
        ...(columns ?? []).map((column) => `column ${column} is gone`),
        ...(cascades ? context.dependentsOf(identity).map((other) => `CASCADE drops ${other}`) : []),
      ];
      return lost.length === 0
        ? []
        : [{ line, message: `${kind} ${identity} is dropped and made anew: ${lost.join('; ')}` }];
    }),
};

const privileged = ['table', 'view', 'materialized view', 'foreign table', 'sequence', 'function', 'type', 'schema'];

/** Of the object and, for a table's columns, of these. */
const heldOn = (context: ReviewContext, { kind, name, object }: KnownObject) => [
  { column: null, grants: grantsIn(kind, object.definition) },
  ...context.objects
    .filter((one) => one.kind === 'column' && one.name.startsWith(`${name}.`))
    .map((one) => ({
      column: one.name.slice(name.length + 1),
      grants: grantsIn('column', one.object.definition),
    })),
];

const revoked = (context: ReviewContext): readonly RuleFinding[] =>
  context.up.flat.flatMap((statement) => {
    const change = grantChangeIn(statement);
    if (!change || change.isGrant) return [];
    const later = context.up.flat
      .filter(({ index }) => index > statement.index)
      .flatMap((other) => grantChangeIn(other) ?? [])
      .filter(({ isGrant }) => isGrant);
    return context.objects
      .filter((object) => privileged.includes(object.kind) && isAbout(change, object))
      .filter(({ kind, name }) => originIn(context.up.end, kind, name) === 'before')
      .flatMap((object) =>
        heldOn(context, object).flatMap(({ column, grants }) => {
          // REVOKE of a column takes nothing from who holds the table's; REVOKE of the table takes the columns' too.
          if (change.columns.length > 0 && !(column !== null && change.columns.includes(column))) return [];
          const keeps = (role: string, privilege: string) =>
            (role !== 'PUBLIC' &&
              !change.roles.includes('PUBLIC') &&
              grants.some((one) => one.role === 'PUBLIC' && one.privileges.includes(privilege))) ||
            later.some(
              (again) =>
                isAbout(again, object) &&
                includes(again, privilege) &&
                again.roles.some((one) => one === role || one === 'PUBLIC'),
            );
          return grants
            .filter(({ role }) => change.roles.includes(role))
            .map(({ role, privileges }) => ({
              role,
              privileges: privileges.filter((one) => includes(change, one) && !keeps(role, one)),
            }))
            .filter(({ privileges }) => privileges.length > 0)
            .map(({ role, privileges }) => ({
              line: statement.line,
              message: `${privileges.join(', ')} on ${object.kind} ${object.name}${column === null ? '' : ` (${column})`} is revoked from ${role}, which holds it: ${role === 'PUBLIC' ? 'statements of every role without a grant of its own' : 'its statements'} fail`,
            }));
        }),
      );
  });

export const privilegeRevoked: Rule = {
  id: 'privilege-revoked',
  severity: 'warn',
  box,
  title: 'A privilege is taken from a role that holds it',
  why: 'Every statement of that role that needs the privilege fails from the commit on.',
  remedy: 'Make sure that nothing runs as the role any more, or give it what it still needs in the same migration.',
  check: revoked,
};

const fates: Readonly<Record<string, string>> = {
  SELECT: 'sees none',
  INSERT: 'can insert none',
  UPDATE: 'changes none',
  DELETE: 'deletes none',
};

const lineOf = (context: ReviewContext, table: string): number | null => {
  const switches = ['AT_EnableRowSecurity', 'AT_ForceRowSecurity'];
  const command = context.changes.commands.find(
    (one) => one.table === table && switches.includes(one.command.subtype ?? ''),
  );
  const policy = context.up.dropped.find(({ kind, identity }) => kind === 'policy' && identity.startsWith(`${table}.`));
  return command?.line ?? policy?.line ?? null;
};

/** Whose members a policy lets do one of these. */
const rolesLetThrough = ({ policies }: RowSecurity, commands: readonly string[]): readonly string[] => [
  ...new Set(
    policies
      .filter(({ isPermissive }) => isPermissive)
      .filter(({ command }) => command === 'all' || commands.includes(command.toUpperCase()))
      .flatMap(({ roles }) => roles),
  ),
];

export const rowsHidden: Rule = {
  id: 'rows-hidden',
  severity: 'stop',
  box,
  title: 'Row security hides rows from a role that holds grants',
  why: 'Under row security a role sees and changes only rows that a policy for it and for the command lets through; without one it sees none, and no error says so.',
  remedy: 'Create the policies in the same migration, for each role and each command that is granted.',
  check: (context) =>
    [...context.existing.keys()].flatMap((table) => {
      const size = context.sizes.get(table);
      const after = rowSecurityAfter(context, table);
      if (!after.isOn) return [];
      return hiddenFrom(context, table).map(({ role, commands, isOwner }) => {
        const others = rolesLetThrough(after, commands).filter((other) => other !== role && other !== 'PUBLIC');
        return {
          line: lineOf(context, table),
          message: `row security ${rowSecurityBefore(context, table).isOn ? 'stays on' : 'is switched on'} for ${table}, and no policy lets ${role}${isOwner ? ', its owner,' : ''} ${commands.join(', ')}: it ${commands.map((one) => fates[one]).join(', ')} of the rows${size ? ` (${rowEstimate(size)})` : ''}, unless it is a superuser, has BYPASSRLS${isOwner ? '' : ', owns the table'}${others.length > 0 ? ` or is a member of ${others.join(', ')}` : ''}`,
        };
      });
    }),
};
