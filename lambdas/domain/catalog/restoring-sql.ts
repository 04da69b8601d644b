/** The SQL that takes a schema back to what it was, for the differences that a rollback has left. */
import type { CatalogDefinition, CatalogObject } from './catalog';
import { columnClauseFields, tableStatementFields, typeStatementFields } from './clauses';
import type { CatalogDifference, ChangedObject, FieldChange } from './difference';
import { columnsOf, unfolded } from './folding';
import { parentOf } from './identifiers';
import { alterStatements } from './restore/alter';
import { defaultPrivileges } from './restore/alter-seldom';
import { createStatement } from './restore/create';
import { seldomFields } from './restore/create-seldom';
import { dropStatement } from './restore/drop';
import { initialPrivilegeStatements } from './restore/initial-privileges';
import { inOrderOfMaking, isInherited, rankOf, rankOfChange } from './restore/order';

export type Restoration = {
  readonly kind: string;
  readonly identity: string;
  /** Statements without semicolons, to be run in order; null when it has to be written by hand. */
  readonly statements: readonly string[] | null;
  /** They are of use together only: where one fails, none is kept. Missing: each is of use alone. */
  readonly isWhole?: true;
  /** The same by dropping it and making it again, for where PostgreSQL refuses to change it; missing where there is no such way. */
  readonly otherwise?: readonly string[];
};

/**
 * Makes the statements that put a schema back. From top to bottom: what was added is dropped; what was removed is created again
 * and what changed is put back, each before what depends on it. Rows that went with an object do not come back. Columns come back
 * behind the others. `role` is the one, quoted, that runs them, whose own what it makes is; null: an owner is always named.
 * `between` runs when what goes is gone and before anything is made.
 *
 * @example
 * restoringSql(differenceOf(before, afterRollback))
 * // [{ kind: 'table', identity: 'public.jobs', statements: ['DROP TABLE public.jobs'] }]
 */
export const restoringSql = (
  { added, removed, changed }: CatalogDifference,
  role: string | null = null,
  between: readonly Restoration[] = [],
): readonly Restoration[] => {
  const replaced = changed.filter((object) => isReplaced(object, added));
  const again = [...removed, ...replaced.map(({ kind, identity, before }) => ({ kind, identity, definition: before }))];
  const gone = [...added, ...replaced.map(({ kind, identity, after }) => ({ kind, identity, definition: after }))];
  // A serial column's default names its sequence, which is given to the column when both have the same owner again.
  const sequences = again.filter(({ kind }) => kind === 'sequence');
  const made = inOrderOfMaking([...new Set([...unfolded(again), ...sequences])]).map((object) => ({
    rank: rankOf(object),
    restoration: create(object, again, role),
  }));
  const given = sequences
    .filter(({ definition }) => definition['ownedBy'])
    .map((object) => ({ rank: rankOfChange('sequence'), restoration: giveToColumn(object) }));
  const back = changed
    .filter((object) => !replaced.includes(object))
    .map((object) => ({
      rank: rankOfChange(object.kind) + (isInheritedChange(object) ? 0.1 : 0),
      restoration: putBack(object, changed, role),
    }));
  return [
    ...[...inOrderOfMaking(unfolded(gone).filter((object) => !goesWithTable(object, gone)))].reverse().map(drop),
    ...between,
    ...[...made, ...back, ...given].sort((one, other) => one.rank - other.rank).map(({ restoration }) => restoration),
  ].filter(({ statements }) => statements === null || statements.length > 0);
};

/** Kinds without data that are dropped and made again, when one of these fields has changed. */
const replacedFor: Readonly<Record<string, readonly string[]>> = {
  constraint: ['definition'],
  'domain constraint': ['definition'],
  index: ['definition', 'constraint'],
  trigger: ['definition'],
  rule: ['definition'],
  statistics: ['definition'],
  policy: ['command', 'isPermissive', 'roles', 'using', 'withCheck'],
  'event trigger': ['event', 'function', 'tags'],
  publication: ['isForAllTables', 'operations', 'isViaRoot', 'tables', 'schemas'],
  cast: ['function', 'method', 'context'],
  'materialized view': ['definition'],
  privileges: ['granted', 'revoked'],
};

// An index that was attached meanwhile goes with the one that it was attached to, where that one came meanwhile too.
const goesWithNewIndex = ({ kind, before, after }: ChangedObject, added: readonly CatalogObject[]) =>
  kind === 'index' && !before['partitionOf'] && added.some(({ identity }) => identity === after['partitionOf']);

const isReplaced = (object: ChangedObject, added: readonly CatalogObject[]) => {
  const { kind, fields, before, after, isMadeAnew } = object;
  if (isMadeAnew) return true;
  if (kind === 'index' && before['constraint'] && after['constraint']) return false;
  return goesWithNewIndex(object, added) || fields.some(({ field }) => replacedFor[kind]?.includes(field));
};

const ofTable = ['constraint', 'trigger', 'policy', 'rule', 'index'];

/** What goes with a table that goes; a foreign key to another that goes may have to go before both. */
const goesWithTable = ({ kind, identity, definition }: CatalogObject, gone: readonly CatalogObject[]) => {
  if (!ofTable.includes(kind)) return false;
  const table = kind === 'index' ? String(definition['table']) : parentOf(identity);
  const goes = (name: unknown) => gone.some((other) => other.kind === 'table' && other.identity === name);
  const target = definition['targetTable'];
  return goes(table) && !(target && target !== table && goes(target));
};

const drop = (object: CatalogObject): Restoration => {
  const { kind, identity, definition } = object;
  if (kind === 'privileges') return { kind, identity, statements: initialPrivilegeStatements(object, 'undo') };
  if (kind === 'default privileges')
    return { kind, identity, statements: defaultPrivileges(identity, null, definition['privileges'] ?? null) };
  if (isInherited(object)) return { kind, identity, statements: [] };
  const statement = dropStatement(object);
  const goesAlong = Boolean(definition['constraint'] || definition['isIdentity']);
  return { kind, identity, statements: statement ? [statement] : goesAlong ? [] : null };
};

/** The fields that the statement that creates an object sets already. */
const describedByCreation: Readonly<Record<string, readonly string[]>> = {
  table: tableStatementFields,
  'foreign table': tableStatementFields,
  column: [...columnClauseFields, 'position'],
  type: typeStatementFields,
  domain: ['type', 'collation', 'default', 'isNullable'],
  index: ['table', 'definition', 'method', 'columns', 'isUnique', 'predicate', 'isValid', 'constraint', 'tablespace'],
  sequence: ['type', 'start', 'increment', 'minimum', 'maximum', 'cache', 'isCycling', 'isIdentity', 'ownedBy'],
  view: ['definition', 'options'],
  'materialized view': ['definition', 'options', 'isPopulated'],
  trigger: ['definition', 'function'],
  extension: ['version', 'schema'],
  collation: ['provider', 'isDeterministic', 'lcCollate', 'lcCtype', 'locale'],
  constraint: [
    ...['type', 'definition', 'columns', 'targetTable', 'targetColumns', 'onDelete', 'onUpdate', 'isValidated'],
    ...['isDeferrable', 'isInitiallyDeferred', 'isEnforced'],
  ],
  'domain constraint': ['definition', 'isValidated'],
  'extension dependency': ['object', 'extension'],
  comment: ['text'],
  ...seldomFields,
};

/** A partition that is made gets the indexes that its parent has already. */
const comesWithPartition = ({ kind, definition }: CatalogObject, others: readonly CatalogObject[]): boolean => {
  if (kind !== 'index' || !definition['partitionOf']) return false;
  if (!others.some((other) => other.kind === 'table' && other.identity === definition['table'])) return false;
  const parent = others.find((other) => other.kind === 'index' && other.identity === definition['partitionOf']);
  return parent === undefined || comesWithPartition(parent, others);
};

const create = (object: CatalogObject, others: readonly CatalogObject[], role: string | null): Restoration => {
  const { kind, identity, definition } = object;
  if (kind === 'privileges') return { kind, identity, statements: initialPrivilegeStatements(object, 'apply') };
  if (kind === 'default privileges')
    return { kind, identity, statements: defaultPrivileges(identity, definition['privileges'] ?? null, null) };
  if ((kind !== 'index' && isInherited(object)) || comesWithPartition(object, others))
    return { kind, identity, statements: [] };
  const columns = kind.endsWith('table') ? columnsOf(identity, others) : [];
  const statement = createStatement(object, columns);
  const comesAlong = Boolean(definition['constraint'] || definition['isIdentity']);
  if (!statement) return { kind, identity, statements: comesAlong ? [] : null };
  return {
    kind,
    identity,
    statements: inOrder([[statement], ...[object, ...columns].flatMap((one) => finish(one, role))]),
  };
};

const giveToColumn = (sequence: CatalogObject): Restoration => ({
  kind: sequence.kind,
  identity: sequence.identity,
  statements: alterStatements('ownedBy', sequence, null),
});

/** Null when one of the parts has no statement: half a restoration would pass for a whole one. */
const inOrder = (parts: readonly (readonly string[] | null)[]) =>
  parts.includes(null) ? null : [...new Set(parts.flatMap((part) => part ?? []))];

/** The statements that finish an object after its creation. */
const finish = (object: CatalogObject, role: string | null) =>
  Object.keys(object.definition)
    .filter(
      (field) => ![...(describedByCreation[object.kind] ?? []), ...(replacedFor[object.kind] ?? [])].includes(field),
    )
    .filter((field) => !(field === 'owner' && object.definition[field] === role))
    // What was made just now is enabled; a definition is what it was made from.
    .filter((field) => !(field === 'definition' || object.definition[field] === 'enabled'))
    .map((field) => alterStatements(field, object, null));

const isInheritedChange = ({ kind, identity, before }: ChangedObject) =>
  isInherited({ kind, identity, definition: before });

/** Of a column that is inherited: PostgreSQL refuses to change these but at the root. */
const setByParent = ['type', 'collation', 'identity', 'generated', 'generatedAs'];

/** What takes a value away makes room for what gives one; NOT NULL comes before the identity that needs it. */
const orderOfField = ({ field }: FieldChange, before: CatalogDefinition) => {
  if (['identity', 'default', 'generated'].includes(field) && (before[field] ?? null) === null) return 0;
  return ['type', 'collation'].includes(field) ? 1 : field === 'isNullable' ? 2 : 3;
};

/** Kinds that hold no rows: what cannot be changed is dropped and made again. */
const canBeMadeAnew = [
  ...['view', 'function', 'procedure', 'window function', 'aggregate', 'operator', 'domain', 'type', 'collation'],
  ...['conversion', 'text search dictionary', 'text search configuration', 'server', 'foreign-data wrapper', 'cast'],
];

const isGenerated = ({ kind, before }: ChangedObject) => kind === 'column' && Boolean(before['generated']);

/** Null where rows would go, or where it cannot be made by a statement. */
const makeAnew = (changed: ChangedObject, role: string | null): readonly string[] | null => {
  const { kind, identity, before, after } = changed;
  // The values of a generated column are computed again.
  if (!canBeMadeAnew.includes(kind) && !isGenerated(changed)) return null;
  const gone = drop({ kind, identity, definition: after }).statements;
  const again = create({ kind, identity, definition: before }, [], role).statements;
  return gone === null || again === null ? null : [...gone, ...again];
};

const isMovedAlong = ({ kind, before, after }: ChangedObject, changed: readonly ChangedObject[]) =>
  kind === 'index' &&
  changed.some(
    ({ kind: other, identity, fields }) =>
      other === 'table' &&
      (identity === before['table'] || identity === after['table']) &&
      fields.some(({ field }) => field === 'partitionOf'),
  );

const putBack = (changed: ChangedObject, all: readonly ChangedObject[], role: string | null): Restoration => {
  const { kind, identity, before, after: now, fields } = changed;
  const object = { kind, identity, definition: before };
  const parts = fields
    .filter(({ field }) => !(kind === 'column' && field === 'position'))
    .filter(({ field }) => !(isInheritedChange(changed) && setByParent.includes(field)))
    // A sequence that a column owns follows its table, and only so.
    .filter(({ field }) => !(kind === 'sequence' && field === 'owner' && before['ownedBy'] && now['ownedBy']))
    // The indexes of a partition are attached and detached with it.
    .filter(({ field }) => !(field === 'partitionOf' && isMovedAlong(changed, all)))
    .toSorted((one, other) => orderOfField(one, before) - orderOfField(other, before))
    .map(({ field, after }) =>
      ['definition', 'text'].includes(field)
        ? wrapped(createStatement(object, []))
        : alterStatements(field, object, after),
    );
  const statements = inOrder(parts);
  const otherwise = makeAnew(changed, role);
  if (statements === null) return { kind, identity, statements: otherwise };
  return { kind, identity, statements, ...(otherwise && { otherwise }) };
};

const wrapped = (statement: string | null) => (statement === null ? null : [statement]);
