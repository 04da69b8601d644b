/** The SQL that takes a schema back to what it was, for the differences that a rollback has left. */
import type { CatalogObject } from './catalog';
import { columnClauseFields, tableStatementFields, typeStatementFields } from './clauses';
import type { CatalogDifference, ChangedObject } from './difference';
import { columnsOf, unfolded } from './folding';
import { alterStatements } from './restore/alter';
import { createStatement } from './restore/create';
import { dropStatement } from './restore/drop';

export type Restoration = {
  readonly kind: string;
  readonly identity: string;
  /** Statements without semicolons, to be run in order; null when it has to be written by hand. */
  readonly statements: readonly string[] | null;
};

/**
 * From top to bottom: what came is dropped, what went is made again, what changed is put back. Rows that went with an
 * object do not come back. Columns come back behind the others.
 */
export const restoringSql = ({ added, removed, changed }: CatalogDifference): readonly Restoration[] => {
  const replaced = changed.filter(isReplaced);
  const again = [...removed, ...replaced.map(({ kind, identity, before }) => ({ kind, identity, definition: before }))];
  const gone = [...added, ...replaced.map(({ kind, identity, after }) => ({ kind, identity, definition: after }))];
  return [
    ...[...unfolded(gone)].sort((one, other) => rankOf(other) - rankOf(one)).map(drop),
    ...[...unfolded(again)].sort((one, other) => rankOf(one) - rankOf(other)).map((object) => create(object, again)),
    ...changed.filter((object) => !isReplaced(object)).map(putBack),
  ].filter(({ statements }) => statements === null || statements.length > 0);
};

/** What is made first is dropped last; all others come behind the tables and before the comments. */
const firstKinds = [
  ...['schema', 'extension', 'foreign-data wrapper', 'server', 'user mapping', 'collation', 'type', 'domain'],
  ...['domain constraint', 'sequence', 'function', 'procedure', 'aggregate', 'table', 'foreign table', 'column'],
  ...['constraint', 'index'],
];
const rankOf = ({ kind, definition }: CatalogObject) => {
  if (kind === 'comment') return 100;
  const rank = firstKinds.indexOf(kind);
  // A foreign key leans on another table's key.
  return (rank < 0 ? firstKinds.length : rank) + (definition['type'] === 'foreign key' ? 0.5 : 0);
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
};

const isReplaced = ({ kind, fields, before, after }: ChangedObject) =>
  !(kind === 'index' && before['constraint'] && after['constraint']) &&
  fields.some(({ field }) => replacedFor[kind]?.includes(field));

const drop = (object: CatalogObject): Restoration => {
  const { kind, identity, definition } = object;
  const statement = dropStatement(object);
  const goesAlong = Boolean(definition['constraint'] || definition['isIdentity']);
  return { kind, identity, statements: statement ? [statement] : goesAlong ? [] : null };
};

/** What the statement that makes an object tells of it already. */
const toldByCreation: Readonly<Record<string, readonly string[]>> = {
  table: tableStatementFields,
  'foreign table': tableStatementFields,
  column: [...columnClauseFields, 'position'],
  type: typeStatementFields,
  domain: ['type', 'collation', 'default', 'isNullable'],
  index: ['table', 'definition', 'method', 'columns', 'isUnique', 'predicate', 'isValid', 'constraint', 'tablespace'],
  sequence: ['type', 'start', 'increment', 'minimum', 'maximum', 'cache', 'isCycling', 'isIdentity'],
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
  comment: ['text'],
};

const create = (object: CatalogObject, others: readonly CatalogObject[]): Restoration => {
  const { kind, identity, definition } = object;
  const columns = kind.endsWith('table') ? columnsOf(identity, others) : [];
  const statement = createStatement(object, columns);
  const comesAlong = Boolean(definition['constraint'] || definition['isIdentity'] || definition['inheritedFrom']);
  if (!statement) return { kind, identity, statements: comesAlong ? [] : null };
  return { kind, identity, statements: inOrder([[statement], ...[object, ...columns].flatMap(finish)]) };
};

/** Null when one of the parts has no statement: half a restoration would pass for a whole one. */
const inOrder = (parts: readonly (readonly string[] | null)[]) =>
  parts.includes(null) ? null : [...new Set(parts.flatMap((part) => part ?? []))];

/** What is said in statements of its own after an object was made. */
const finish = (object: CatalogObject) =>
  Object.keys(object.definition)
    .filter((field) => ![...(toldByCreation[object.kind] ?? []), ...(replacedFor[object.kind] ?? [])].includes(field))
    // What was made just now is enabled; a definition is what it was made from.
    .filter((field) => !(field === 'definition' || object.definition[field] === 'enabled'))
    .map((field) => alterStatements(field, object, null));

const putBack = ({ kind, identity, before, fields }: ChangedObject): Restoration => {
  const object = { kind, identity, definition: before };
  const parts = fields
    .filter(({ field }) => !(kind === 'column' && field === 'position'))
    .map(({ field, after }) =>
      ['definition', 'text'].includes(field)
        ? wrapped(createStatement(object, []))
        : alterStatements(field, object, after),
    );
  return { kind, identity, statements: inOrder(parts) };
};

const wrapped = (statement: string | null) => (statement === null ? null : [statement]);
