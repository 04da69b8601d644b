/** Who and what depends on the objects that a migration changes, as far as the database knows it. */
import { namesOf, parentOf, unquote } from '#domain/catalog/identifiers';
import type { ServerState } from '#domain/environment/server-state';
import { type Listed, listed } from '#domain/listed';
import { shortened } from '#domain/shorten';
import type { ReviewContext } from './context';
import { grantChangeIn, grantsIn, isAbout } from './grants';
import { affectedTables } from './impact';
import { type KnownObject, nameOfIdentity } from './names/known-objects';
import { isPartKind } from './names/name-book';
import { codeUnseen } from './rules/data-changes';
import { usesOfType } from './type-uses';

export type HeldPrivileges = {
  /** Kind and name: `table public.orders`, `column public.orders.note`. */
  readonly on: string;
  /** PUBLIC for everybody. */
  readonly role: string;
  /** Empty for the owner, who may do everything. */
  readonly privileges: readonly string[];
};

export type Dependent = {
  /** Kind and name: `view public.open_orders`. */
  readonly what: string;
  readonly on: string;
};

export type Dependents = {
  /** Existing objects that the migration changes or takes away, kind and name. */
  readonly changed: Listed<string>;
  /** Privileges on these, on their columns, and on the views over them; owners among them. */
  readonly privileges: Listed<HeldPrivileges>;
  /** Who acts with the privileges of these roles as a member, directly or through other roles. */
  readonly members: Listed<{ readonly role: string; readonly members: Listed<string> }>;
  /** Roles that need no privilege on a single object. */
  readonly everywhere: Listed<{ readonly role: string; readonly because: string }>;
  readonly dependents: Listed<Dependent>;
  /** Lines with code that the review cannot read: what it changes is not looked at. */
  readonly unreadLines: readonly number[];
};

const titleOf = ({ kind, name }: Pick<KnownObject, 'kind' | 'name'>) => shortened(`${kind} ${name}`, 300);

const isOneOf = (kinds: readonly string[]) => (object: KnownObject) => kinds.includes(object.kind);

const isRelation = isOneOf(['table', 'foreign table', 'view', 'materialized view', 'sequence']);
const isView = isOneOf(['view', 'materialized view']);
const isWhole = isOneOf([
  ...['table', 'foreign table', 'view', 'materialized view', 'sequence'],
  ...['function', 'type', 'schema'],
]);

/** Tables by the locks that they are predicted to get, everything else by what the statements name. */
const changedObjects = (context: ReviewContext): readonly KnownObject[] => {
  const { up, objects } = context;
  const tables = new Set(affectedTables(context));
  const named = new Set([
    ...up.dropped.filter(({ origin }) => origin === 'before').map(({ kind, identity }) => `${kind} ${identity}`),
    ...up.created.filter(({ replaces }) => replaces).map(({ kind, identity }) => `${kind} ${identity}`),
    ...up.renamed.filter(({ origin }) => origin === 'before').map(({ kind, from }) => `${kind} ${from}`),
  ]);
  const grants = up.flat.flatMap((statement) => grantChangeIn(statement) ?? []);
  return objects.filter(
    (object) =>
      isWhole(object) &&
      ((isRelation(object) && tables.has(object.name)) ||
        (named.has(`${object.kind} ${object.name}`) && !isPartKind(object.kind)) ||
        grants.some((change) => isAbout(change, object))),
  );
};

/** Views over these, and views over those. Found by name in their definitions. */
const viewsOver = (context: ReviewContext, changed: readonly KnownObject[]): readonly Dependent[] => {
  const seen = new Set(changed.map(titleOf));
  const follow = (object: string, title: string): readonly Dependent[] =>
    context.dependentsOf(object).flatMap((what) => {
      if (!/^(?:materialized )?view /.test(what) || seen.has(what)) return [];
      seen.add(what);
      return [{ what, on: title }, ...follow(what.replace(/^.*?view /, ''), what)];
    });
  return changed.flatMap((object) => follow(object.name, titleOf(object)));
};

const functionsOver = (context: ReviewContext, changed: readonly KnownObject[]): readonly Dependent[] =>
  changed.flatMap((object) =>
    context
      .dependentsOf(object.name)
      .filter((what) => what.startsWith('function ') && what !== titleOf(object))
      .map((what) => ({ what: shortened(what, 300), on: titleOf(object) })),
  );

const namesIn = (value: unknown) => (typeof value === 'string' ? namesOf(value).map(nameOfIdentity) : []);

/** By kind, the names of the objects that one of the catalog depends on. */
const dependsOn: Readonly<Record<string, (object: KnownObject) => readonly string[]>> = {
  trigger: ({ object }) => [nameOfIdentity(parentOf(object.identity))],
  rule: ({ object }) => [nameOfIdentity(parentOf(object.identity))],
  policy: ({ object }) => [nameOfIdentity(parentOf(object.identity))],
  constraint: ({ object: { identity, definition } }) => {
    const target = nameOfIdentity(String(definition['targetTable'] ?? ''));
    const isFromAnother = definition['type'] === 'foreign key' && target !== nameOfIdentity(parentOf(identity));
    return isFromAnother ? [target] : [];
  },
  table: ({ object: { definition } }) => [...namesIn(definition['partitionOf']), ...namesIn(definition['inherits'])],
};

const words: Readonly<Record<string, string>> = { constraint: 'foreign key', table: 'partition or child' };

const partsOver = ({ objects }: ReviewContext, changed: readonly KnownObject[]): readonly Dependent[] => {
  const tables = new Map(changed.filter(isRelation).map((object) => [object.name, titleOf(object)]));
  return objects.flatMap((object) =>
    (dependsOn[object.kind]?.(object) ?? []).flatMap((name) => {
      const on = tables.get(name);
      return on ? [{ what: titleOf({ ...object, kind: words[object.kind] ?? object.kind }), on }] : [];
    }),
  );
};

const publicationsOver = ({ objects }: ReviewContext, changed: readonly KnownObject[]): readonly Dependent[] =>
  objects
    .filter(({ kind }) => kind === 'publication')
    .flatMap((publication) => {
      const { isForAllTables, tables, schemas } = publication.object.definition;
      const published = ` ${String(tables ?? '').replaceAll('"', '')},`;
      return changed
        .filter(isOneOf(['table']))
        .filter(
          ({ name }) =>
            isForAllTables === true ||
            namesIn(schemas).includes(name.split('.')[0] ?? '') ||
            [',', ' '].some((end) => published.includes(` ${name}${end}`)),
        )
        .map((table) => ({ what: titleOf(publication), on: titleOf(table) }));
    });

const columnsOfTypes = (context: ReviewContext, changed: readonly KnownObject[]): readonly Dependent[] =>
  changed.filter(isOneOf(['type'])).flatMap((type) =>
    usesOfType(context, type.name).map(({ table, column }) => ({
      what: `column ${table}.${column}`,
      on: titleOf(type),
    })),
  );

const privilegesOn = ({ objects }: ReviewContext, of: readonly KnownObject[]): readonly HeldPrivileges[] => {
  const relations = new Set(of.filter(isRelation).map(({ name }) => name));
  const columns = objects.filter(
    ({ kind, object }) => kind === 'column' && relations.has(nameOfIdentity(parentOf(object.identity))),
  );
  return [...of, ...columns].flatMap((object) => {
    const { owner } = object.object.definition;
    const on = titleOf(object);
    return [
      ...(typeof owner === 'string' ? [{ on, role: unquote(owner), privileges: [] }] : []),
      ...grantsIn(object.kind, object.object.definition).map(({ role, privileges }) => ({ on, role, privileges })),
    ];
  });
};

type Memberships = ServerState['memberships'];

/** Directly or through other roles. */
const membersOf = (memberships: Memberships, role: string): readonly string[] => {
  const found = new Set([role]);
  for (const one of found)
    for (const { role: of, member } of memberships) if (of === one && !found.has(member)) found.add(member);
  return [...found].filter((one) => one !== role).sort();
};

/** PostgreSQL's own roles whose members read or write every table. */
const everyTable = ['pg_read_all_data', 'pg_write_all_data'] as const;

const rolesEverywhere = ({ roles, memberships }: Pick<ServerState, 'roles' | 'memberships'>) => [
  ...roles
    .filter(({ attributes }) => attributes.includes('SUPERUSER'))
    .map(({ name }) => ({ role: name, because: 'superuser' })),
  ...everyTable.flatMap((own) => membersOf(memberships, own).map((role) => ({ role, because: `member of ${own}` }))),
];

/** `server` is asked for roles and memberships only. */
export const dependentsOf = (
  context: ReviewContext,
  server: Pick<ServerState, 'roles' | 'memberships'>,
): Dependents => {
  const changed = changedObjects(context);
  const views = viewsOver(context, changed);
  const viewTitles = new Set(views.map(({ what }) => what));
  const overThem = context.objects.filter((object) => isView(object) && viewTitles.has(titleOf(object)));
  const privileges = privilegesOn(context, [...changed, ...overThem]);
  const grantees = [...new Set(privileges.map(({ role }) => role))].sort();
  return {
    changed: listed([...new Set(changed.map(titleOf))].sort()),
    privileges: listed(privileges),
    members: listed(
      grantees
        .map((role) => ({ role, members: listed(membersOf(server.memberships, role), 20) }))
        .filter(({ members }) => members.count > 0),
    ),
    everywhere: listed(rolesEverywhere(server)),
    dependents: listed([
      ...views,
      ...functionsOver(context, changed),
      ...partsOver(context, changed),
      ...columnsOfTypes(context, changed),
      ...publicationsOver(context, changed),
    ]),
    unreadLines: [...new Set(codeUnseen.check(context).flatMap(({ line }) => line ?? []))],
  };
};
