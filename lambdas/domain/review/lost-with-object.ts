/** What goes with an object that the file drops and makes anew: PostgreSQL gives none of it to the new one. */

import { nodeOf, nodesOf, stringsOf } from '#domain/sql/syntax';
import type { ReviewContext } from './context';
import { type Grant, grantChangeIn, grantsIn, includes, isAbout } from './grants';
import type { Created, Dropped } from './names/follow';
import type { KnownObject } from './names/known-objects';

export type MadeAnew = {
  readonly dropped: Dropped;
  readonly created: Created;
  readonly before: readonly KnownObject[];
};

const withPrivileges = [
  'table',
  'view',
  'materialized view',
  'foreign table',
  'sequence',
  'function',
  'type',
  'schema',
];

/** Existing objects that the file drops and creates again under the same name. */
export const madeAnew = ({ up, objects }: ReviewContext): readonly MadeAnew[] =>
  up.dropped
    .filter(({ kind, origin }) => origin === 'before' && withPrivileges.includes(kind))
    .flatMap((dropped) => {
      const created = up.created.find(
        ({ kind, identity, statement }) =>
          kind === dropped.kind && identity === dropped.identity && statement.index >= dropped.index,
      );
      const before = objects.filter(({ kind, name }) => kind === dropped.kind && name === dropped.identity);
      return created ? [{ dropped, created, before }] : [];
    });

const defaultKinds: Readonly<Record<string, string>> = { sequence: 'sequences', function: 'functions', type: 'types' };

/** Every new object of the kind gets these by ALTER DEFAULT PRIVILEGES. */
const defaultGrants = ({ objects }: ReviewContext, kind: string, name: string): readonly Grant[] =>
  objects
    .filter((one) => one.kind === 'default privileges')
    .filter(({ object: { identity } }) => {
      const [, schema, what] = /^\S+(?: in (\S+))? on (\w+)$/.exec(identity) ?? [];
      return what === (defaultKinds[kind] ?? 'tables') && (schema === undefined || schema === name.split('.')[0]);
    })
    .flatMap(({ object }) => grantsIn('', object.definition));

const has = (grants: readonly Grant[], role: string, privilege: string) =>
  grants.some((one) => (one.role === role || one.role === 'PUBLIC') && one.privileges.includes(privilege));

/** Grants that nobody gives again: neither the file nor the default privileges. */
export const lostGrants = (context: ReviewContext, { dropped, created, before }: MadeAnew): readonly Grant[] => {
  const { kind, identity: name } = dropped;
  const given = context.up.flat
    .filter(({ index }) => index >= created.statement.index)
    .flatMap((statement) => grantChangeIn(statement) ?? [])
    .filter((change) => change.isGrant && isAbout(change, { kind, name }));
  const byDefault = [...defaultGrants(context, kind, name), ...grantsIn(kind, {})];
  const isGiven = (role: string, privilege: string) =>
    has(byDefault, role, privilege) ||
    given.some((change) => change.roles.some((one) => one === role || one === 'PUBLIC') && includes(change, privilege));
  return before
    .flatMap(({ object }) => grantsIn(kind, object.definition))
    .map(({ role, privileges }) => ({ role, privileges: privileges.filter((one) => !isGiven(role, one)) }))
    .filter(({ privileges }) => privileges.length > 0);
};

/** True where everybody may call the new function, and could not call the old one. */
export const opensToPublic = (context: ReviewContext, { dropped, created, before }: MadeAnew): boolean => {
  const { kind, identity: name } = dropped;
  const isRevoked = context.up.flat
    .filter(({ index }) => index >= created.statement.index)
    .flatMap((statement) => grantChangeIn(statement) ?? [])
    .some((change) => !change.isGrant && isAbout(change, { kind, name }) && change.roles.includes('PUBLIC'));
  const wasOpen = before.some(({ object }) => has(grantsIn(kind, object.definition), 'PUBLIC', 'EXECUTE'));
  return kind === 'function' && before.length > 0 && !wasOpen && !isRevoked;
};

const partWords: Readonly<Record<string, string>> = { trigger: 'trigger', policy: 'policy', rule: 'rule' };

/** Triggers, policies, rules and the comment, as far as the file does not make them again. */
export const lostParts = (context: ReviewContext, { dropped, created }: MadeAnew): readonly string[] => {
  const { kind, identity } = dropped;
  const again = new Set(
    context.up.created
      .filter(({ statement }) => statement.index >= created.statement.index)
      .map((one) => `${one.kind} ${one.identity}`),
  );
  const parts = context.objects
    .filter(
      (one) => one.kind in partWords && one.name.startsWith(`${identity}.`) && !again.has(`${one.kind} ${one.name}`),
    )
    .map((one) => `${partWords[one.kind]} ${one.name.slice(identity.length + 1)}`);
  const wasCommented = context.objects.some(
    (one) => one.kind === 'comment' && one.object.identity.startsWith(`${kind} `) && one.name === `${kind} ${identity}`,
  );
  const isCommented = context.up.flat.some(
    ({ node, index }) =>
      index >= created.statement.index &&
      stringsOf(nodeOf(nodeOf(node, 'CommentStmt')?.object, 'List')?.items).join('.') === identity,
  );
  return [...parts, ...(wasCommented && !isCommented ? ['its comment'] : [])];
};

/** Columns of a view that the new one has not; null where its query does not say which it has. */
export const lostColumns = ({ objects }: ReviewContext, { dropped, created }: MadeAnew): readonly string[] | null => {
  const view = nodeOf(created.statement.node, 'ViewStmt');
  const query =
    nodeOf(view?.query, 'SelectStmt') ??
    nodeOf(nodeOf(created.statement.node, 'CreateTableAsStmt')?.query, 'SelectStmt');
  if (!query) return dropped.kind === 'view' || dropped.kind === 'materialized view' ? null : [];
  const aliases = stringsOf(view?.aliases);
  const names = nodesOf(query.targetList, 'ResTarget').map(
    ({ name, val }) => name ?? stringsOf(nodeOf(val, 'ColumnRef')?.fields).at(-1) ?? null,
  );
  if (names.length === 0 || names.includes(null)) return null;
  const now = new Set(names.map((name, position) => aliases[position] ?? name));
  return objects
    .filter(({ kind, name }) => kind === 'column' && name.startsWith(`${dropped.identity}.`))
    .map(({ name }) => name.slice(dropped.identity.length + 1))
    .filter((column) => !now.has(column));
};
