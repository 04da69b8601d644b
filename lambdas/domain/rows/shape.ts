/** What a table asks of a row: read from the catalog, for the rows that a rehearsal makes. */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { lastPartOf, namesOf, parentOf, unquote } from '#domain/catalog/identifiers';
import { impliedReferences, type TableKey } from './implied-references';

export type ColumnShape = {
  readonly name: string;
  /** Quoted where needed. */
  readonly written: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly default: string | null;
  /** PostgreSQL gives the value itself: identity, serial, a generated column. */
  readonly isGiven: boolean;
};

export type ForeignKeyShape = {
  readonly name: string;
  readonly columns: readonly string[];
  /** `public.users`, quoted where needed. */
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** No constraint says so: the column is named after a table and has the type of its key. */
  readonly isImplied?: true;
};

export type TableShape = {
  readonly identity: string;
  readonly columns: readonly ColumnShape[];
  /** The columns of each key that no two rows may share; every column that an expression index names stands alone. */
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKeyShape[];
  /** `CHECK ((amount > 0))`. */
  readonly checks: readonly string[];
  readonly isPartitioned: boolean;
  readonly partitionColumns: readonly string[];
  /** The bounds of its partitions, down to the last: `FOR VALUES IN ('north')`. */
  readonly bounds: readonly string[];
};

/** The objects of a catalog by the table that they belong to, grouped once for all tables. */
export type CatalogRows = {
  readonly tables: ReadonlyMap<string, CatalogObject>;
  readonly columns: ReadonlyMap<string, readonly CatalogObject[]>;
  readonly constraints: ReadonlyMap<string, readonly CatalogObject[]>;
  readonly indexes: ReadonlyMap<string, readonly CatalogObject[]>;
  readonly partitions: ReadonlyMap<string, readonly CatalogObject[]>;
};

const groupOf = (objects: readonly CatalogObject[], kind: string, keyOf: (object: CatalogObject) => string | null) => {
  const groups = new Map<string, CatalogObject[]>();
  for (const object of objects) {
    if (object.kind !== kind) continue;
    const key = keyOf(object);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(object);
    else groups.set(key, [object]);
  }
  return groups;
};

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const catalogRows = ({ objects }: Catalog): CatalogRows => ({
  tables: new Map(objects.filter(({ kind }) => kind === 'table').map((object) => [object.identity, object])),
  columns: groupOf(objects, 'column', ({ identity }) => parentOf(identity)),
  constraints: groupOf(objects, 'constraint', ({ identity }) => parentOf(identity)),
  indexes: groupOf(objects, 'index', ({ definition }) => textOf(definition['table'])),
  partitions: groupOf(objects, 'table', ({ definition }) => textOf(definition['partitionOf'])),
});

const columnOf = ({ identity, definition }: CatalogObject): ColumnShape => {
  const written = lastPartOf(identity);
  const standard = textOf(definition['default']);
  return {
    name: unquote(written),
    written,
    type: String(definition['type']),
    isNullable: definition['isNullable'] === true,
    default: standard,
    isGiven: definition['identity'] != null || definition['generated'] != null || /\bnextval\(/.test(standard ?? ''),
  };
};

const namedIn = (text: string, columns: readonly ColumnShape[]) =>
  columns.filter(({ written }) => text.includes(written)).map(({ name }) => name);

const keysOf = ({ definition }: CatalogObject, columns: readonly ColumnShape[]): readonly (readonly string[])[] => {
  // A partial one forbids some equal rows only: those that it refuses are left out when they are inserted.
  if (definition['isUnique'] !== true || definition['predicate'] != null) return [];
  const names = namesOf(String(definition['columns'] ?? ''));
  return names.includes('') ? namedIn(String(definition['definition']), columns).map((name) => [name]) : [names];
};

const boundsBelow = (table: string, { partitions }: CatalogRows): readonly string[] =>
  (partitions.get(table) ?? []).flatMap(({ identity, definition }) => [
    String(definition['partitionBound'] ?? ''),
    ...boundsBelow(identity, { partitions } as CatalogRows),
  ]);

const partitionKeysBelow = (table: string, rows: CatalogRows): readonly string[] => [
  String(rows.tables.get(table)?.definition['partitionKey'] ?? ''),
  ...(rows.partitions.get(table) ?? []).flatMap(({ identity }) => partitionKeysBelow(identity, rows)),
];

const keysOfRows = new WeakMap<CatalogRows, readonly TableKey[]>();

/** Primary keys of one column: read once for all tables. */
const keysByTable = (rows: CatalogRows): readonly TableKey[] => {
  const known = keysOfRows.get(rows);
  if (known) return known;
  const keys = [...rows.constraints].flatMap(([table, constraints]) => {
    const key = constraints.find(({ definition }) => definition['type'] === 'primary key');
    const [column, ...more] = namesOf(String(key?.definition['columns'] ?? ''));
    const found = rows.columns.get(table)?.find(({ identity }) => unquote(lastPartOf(identity)) === column);
    return column !== undefined && found && more.length === 0
      ? [{ table, column, type: String(found.definition['type']) }]
      : [];
  });
  keysOfRows.set(rows, keys);
  return keys;
};

/** Null for a table that the catalog does not have. */
export const shapeOf = (rows: CatalogRows, identity: string): TableShape | null => {
  const table = rows.tables.get(identity);
  if (!table) return null;
  const columns = [...(rows.columns.get(identity) ?? [])]
    .sort((one, other) => Number(one.definition['position']) - Number(other.definition['position']))
    .map(columnOf);
  const constraints = rows.constraints.get(identity) ?? [];
  const ofType = (type: string) => constraints.filter(({ definition }) => definition['type'] === type);
  const keys = partitionKeysBelow(identity, rows).join(' ');
  const foreignKeys = ofType('foreign key').map(({ identity: key, definition }) => ({
    name: unquote(lastPartOf(key)),
    columns: namesOf(String(definition['columns'] ?? '')),
    parent: String(definition['targetTable']),
    parentColumns: namesOf(String(definition['targetColumns'] ?? '')),
  }));
  const bound = new Set(foreignKeys.flatMap((key) => key.columns));
  return {
    identity,
    columns,
    uniqueKeys: [
      ...(rows.indexes.get(identity) ?? []).flatMap((index) => keysOf(index, columns)),
      ...ofType('exclusion').map(({ definition }) => namesOf(String(definition['columns'] ?? ''))),
    ],
    foreignKeys: [
      ...foreignKeys,
      ...impliedReferences(
        identity,
        columns.filter(({ name, isGiven }) => !isGiven && !bound.has(name)),
        keysByTable(rows),
      ),
    ],
    checks: ofType('check').map(({ definition }) => String(definition['definition'])),
    isPartitioned: table.definition['partitionKey'] != null,
    partitionColumns: table.definition['partitionKey'] == null ? [] : namedIn(keys, columns),
    bounds: boundsBelow(identity, rows),
  };
};

/** The table into which its rows are inserted: the root of a partition, itself otherwise. */
export const rootOf = ({ tables }: CatalogRows, identity: string): string => {
  let root = identity;
  for (let parent = root; parent; parent = String(tables.get(parent)?.definition['partitionOf'] ?? '')) root = parent;
  return root;
};
