/** The SQL that takes a schema back to what it was, for the differences that a rollback has left. */
import type { CatalogObject } from './catalog';
import { columnClauseFields, tableStatementFields, typeStatementFields } from './clauses';
import type { CatalogDifference, ChangedObject } from './difference';
import { columnsOf, unfolded } from './folding';
import { alterStatements } from './restore/alter';
import { createStatement } from './restore/create';
import { dropStatement } from './restore/drop';
import { initialPrivilegeStatements } from './restore/initial-privileges';

export type Restoration = {
  readonly kind: string;
  readonly identity: string;
  /** Statements without semicolons, to be run in order; null when it has to be written by hand. */
  readonly statements: readonly string[] | null;
};

/**
 * Makes the statements that put a schema back. From top to bottom: what was added is dropped; what was removed is created again
 * and what changed is put back, each before what depends on it. Rows that went with an object do not come back. Columns come back
 * behind the others.
 *
 * @example
 * restoringSql(differenceOf(before, afterRollback))
 * // [{ kind: 'table', identity: 'public.jobs', statements: ['DROP TABLE public.jobs'] }]
 */
export const restoringSql = ({ added, removed, changed }: CatalogDifference): readonly Restoration[] => {
  const replaced = changed.filter((object) => isReplaced(object, added));
  const again = [...removed, ...replaced.map(({ kind, identity, before }) => ({ kind, identity, definition: before }))];
  const gone = [...added, ...replaced.map(({ kind, identity, after }) => ({ kind, identity, definition: after }))];
  // A serial column's default names its sequence, which is given to the column when both have the same owner again.
  const sequences = again.filter(({ kind }) => kind === 'sequence');
  const made = inOrderOfMaking([...new Set([...unfolded(again), ...sequences])]).map((object) => ({
    rank: rankOf(object),
    restoration: create(object, again),
  }));
  const given = sequences
    .filter(({ definition }) => definition['ownedBy'])
    .map((object) => ({ rank: rankOfChange('sequence'), restoration: giveToColumn(object) }));
  const back = changed
    .filter((object) => !replaced.includes(object))
    .map((object) => ({
      rank: rankOfChange(object.kind) + (isInheritedChange(object) ? 0.1 : 0),
      restoration: putBack(object),
    }));
  return [
    ...[...inOrderOfMaking(unfolded(gone))].reverse().map(drop),
    ...[...made, ...back, ...given].sort((one, other) => one.rank - other.rank).map(({ restoration }) => restoration),
  ].filter(({ statements }) => statements === null || statements.length > 0);
};

/** What is made first is dropped last; all others come behind the tables and before the comments. */
const firstKinds = [
  ...['schema', 'extension', 'foreign-data wrapper', 'server', 'user mapping', 'collation', 'type', 'domain'],
  ...['domain constraint', 'sequence', 'function', 'procedure', 'aggregate', 'table', 'foreign table', 'column'],
  ...['constraint', 'view', 'index'],
];
const views = ['view', 'materialized view'];
const rankOfKind = (kind: string) => {
  const place = firstKinds.indexOf(views.includes(kind) ? 'view' : kind);
  return kind === 'comment' ? 100 : place < 0 ? firstKinds.length : place;
};
// A foreign key leans on another table's key, which may be an index alone.
const rankOf = ({ kind, definition }: CatalogObject) =>
  definition['type'] === 'foreign key' ? rankOfKind('index') + 0.5 : rankOfKind(kind);

/** Defaults name the labels of types, keys and views lean on columns; whatever else is put back leans on what was made again. */
const rankOfChange = (kind: string) =>
  ['type', 'domain', 'column'].includes(kind) ? rankOfKind(kind) + 0.5 : Number.MAX_SAFE_INTEGER;

/** What comes and goes with the object of the same kind on the table's parent: none of it is dropped or made on its own. */
export const isInherited = ({ kind, definition }: CatalogObject): boolean =>
  Boolean(
    (definition['inheritedFrom'] && !definition['isAlsoLocal']) ||
      definition['isInherited'] ||
      (kind === 'index' && definition['partitionOf']),
  );

/** True where `object` cannot be made before `other`, of those that have the same rank. */
const leansOn = (object: CatalogObject, other: CatalogObject) => {
  const { partitionOf, inherits } = object.definition;
  if (views.includes(object.kind)) return views.includes(other.kind) && isNamedBy(object, other);
  return (
    object.kind === other.kind &&
    (partitionOf === other.identity ||
      String(inherits ?? '')
        .split(', ')
        .includes(other.identity))
  );
};

/** By rank; of one rank those first that others are made from. */
const inOrderOfMaking = (objects: readonly CatalogObject[]): readonly CatalogObject[] => {
  const ranked = [...objects].sort((one, other) => rankOf(one) - rankOf(other));
  const ordered = new Set<CatalogObject>();
  const place = (object: CatalogObject) => {
    if (ordered.has(object)) return;
    ranked.filter((other) => other !== object && leansOn(object, other)).forEach(place);
    ordered.add(object);
  };
  ranked.forEach(place);
  return [...ordered];
};

const isNamedBy = ({ definition }: CatalogObject, { identity }: CatalogObject) => {
  const pieces = String(definition['definition']).split(identity);
  return pieces.slice(1).some((after, index) => !/^[\w$"]/.test(after) && !/[\w$".]$/.test(pieces[index] ?? ''));
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
  const { kind, fields, before, after } = object;
  if (kind === 'index' && before['constraint'] && after['constraint']) return false;
  return goesWithNewIndex(object, added) || fields.some(({ field }) => replacedFor[kind]?.includes(field));
};

const drop = (object: CatalogObject): Restoration => {
  const { kind, identity, definition } = object;
  if (kind === 'privileges') return { kind, identity, statements: initialPrivilegeStatements(object, 'undo') };
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
};

/** A partition that is made gets the indexes that its parent has already. */
const comesWithPartition = ({ kind, definition }: CatalogObject, others: readonly CatalogObject[]): boolean => {
  if (kind !== 'index' || !definition['partitionOf']) return false;
  if (!others.some((other) => other.kind === 'table' && other.identity === definition['table'])) return false;
  const parent = others.find((other) => other.kind === 'index' && other.identity === definition['partitionOf']);
  return parent === undefined || comesWithPartition(parent, others);
};

const create = (object: CatalogObject, others: readonly CatalogObject[]): Restoration => {
  const { kind, identity, definition } = object;
  if (kind === 'privileges') return { kind, identity, statements: initialPrivilegeStatements(object, 'apply') };
  if ((kind !== 'index' && isInherited(object)) || comesWithPartition(object, others))
    return { kind, identity, statements: [] };
  const columns = kind.endsWith('table') ? columnsOf(identity, others) : [];
  const statement = createStatement(object, columns);
  const comesAlong = Boolean(definition['constraint'] || definition['isIdentity']);
  if (!statement) return { kind, identity, statements: comesAlong ? [] : null };
  return { kind, identity, statements: inOrder([[statement], ...[object, ...columns].flatMap(finish)]) };
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
const finish = (object: CatalogObject) =>
  Object.keys(object.definition)
    .filter(
      (field) => ![...(describedByCreation[object.kind] ?? []), ...(replacedFor[object.kind] ?? [])].includes(field),
    )
    // What was made just now is enabled; a definition is what it was made from.
    .filter((field) => !(field === 'definition' || object.definition[field] === 'enabled'))
    .map((field) => alterStatements(field, object, null));

const isInheritedChange = ({ kind, identity, before }: ChangedObject) =>
  isInherited({ kind, identity, definition: before });

/** Of a column that is inherited: PostgreSQL refuses to change these but at the root. */
const setByParent = ['type', 'collation', 'identity', 'generated', 'generatedAs'];

const putBack = (changed: ChangedObject): Restoration => {
  const { kind, identity, before, after: now, fields } = changed;
  const object = { kind, identity, definition: before };
  const parts = fields
    .filter(({ field }) => !(kind === 'column' && field === 'position'))
    .filter(({ field }) => !(isInheritedChange(changed) && setByParent.includes(field)))
    // A sequence that a column owns follows its table, and only so.
    .filter(({ field }) => !(kind === 'sequence' && field === 'owner' && before['ownedBy'] && now['ownedBy']))
    .map(({ field, after }) =>
      ['definition', 'text'].includes(field)
        ? wrapped(createStatement(object, []))
        : alterStatements(field, object, after),
    );
  return { kind, identity, statements: inOrder(parts) };
};

const wrapped = (statement: string | null) => (statement === null ? null : [statement]);
