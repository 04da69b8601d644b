/** Tables and triggers as structured data, for review rules, the schema page and the diagram. */
import type { Catalog, CatalogObject } from './catalog';
import { lastPartOf, namesOf, parentOf, partsOf, unquote } from './identifiers';

export type CatalogColumn = {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  /** Expression; for generated columns and identity columns what they are. Null when there is none. */
  readonly default: string | null;
  readonly comment: string | null;
};

export type CatalogForeignKey = {
  readonly name: string;
  readonly columns: readonly string[];
  /** As identities are: qualified and quoted where needed, `public.users`. */
  readonly targetTable: string;
  readonly targetColumns: readonly string[];
  /** `no action`, `restrict`, `cascade`, `set null`, `set default`. */
  readonly onDelete: string;
};

export type CatalogIndex = {
  readonly name: string;
  /** In the index's order; empty for an expression. */
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  readonly isPartial: boolean;
  readonly isValid: boolean;
  /** The primary key, unique or exclusion constraint that it serves; null for a plain index. */
  readonly constraint: string | null;
};

export type CatalogTable = {
  readonly schema: string;
  readonly name: string;
  /** `public.jobs`, quoted where needed. */
  readonly identity: string;
  /** In the table's order. */
  readonly columns: readonly CatalogColumn[];
  /** Empty when there is none. */
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly CatalogForeignKey[];
  readonly indexes: readonly CatalogIndex[];
  readonly comment: string | null;
};

export type CatalogTrigger = {
  readonly name: string;
  /** `public.jobs`, quoted where needed. */
  readonly table: string;
  /** `public.touch`, unquoted. */
  readonly function: string;
  /** False for DISABLE TRIGGER, and for ENABLE REPLICA TRIGGER, which fires in replication only. */
  readonly isEnabled: boolean;
};

/**
 * Gives the tables of a catalog with their columns, keys and indexes. Sorted by identity; partitioned tables and partitions too,
 * foreign tables not.
 *
 * @example
 * tablesOf(catalog)[0] // { schema: 'public', name: 'jobs', columns: [{ name: 'id', type: 'bigint', … }], … }
 */
export const tablesOf = (catalog: Catalog): readonly CatalogTable[] => {
  const comments = new Map(
    objectsOf(catalog, 'comment').map(({ identity, definition }) => [identity, String(definition['text'])]),
  );
  const columns = groupedBy(objectsOf(catalog, 'column'), ({ identity }) => parentOf(identity));
  const constraints = groupedBy(objectsOf(catalog, 'constraint'), ({ identity }) => parentOf(identity));
  const indexes = groupedBy(objectsOf(catalog, 'index'), ({ definition }) => String(definition['table']));

  return objectsOf(catalog, 'table').map(({ identity }) => {
    const [schema = '', name = ''] = partsOf(identity);
    const keys = constraints.get(identity) ?? [];
    const primaryKey = keys.find(({ definition }) => definition['type'] === 'primary key');
    return {
      schema,
      name,
      identity,
      columns: [...(columns.get(identity) ?? [])]
        .sort((one, other) => Number(one.definition['position']) - Number(other.definition['position']))
        .map((column) => columnOf(column, comments.get(`table column ${column.identity}`) ?? null)),
      primaryKey: primaryKey ? namesIn(primaryKey, 'columns') : [],
      foreignKeys: keys.filter(({ definition }) => definition['type'] === 'foreign key').map(foreignKeyOf),
      indexes: (indexes.get(identity) ?? []).map(indexOf),
      comment: comments.get(`table ${identity}`) ?? null,
    };
  });
};

const objectsOf = (catalog: Catalog, kind: string) => catalog.objects.filter((object) => object.kind === kind);

const groupedBy = (objects: readonly CatalogObject[], groupOf: (object: CatalogObject) => string) => {
  const groups = new Map<string, CatalogObject[]>();
  for (const object of objects) {
    const group = groups.get(groupOf(object));
    if (group) group.push(object);
    else groups.set(groupOf(object), [object]);
  }
  return groups;
};

const namesIn = ({ definition }: CatalogObject, field: string) => namesOf(String(definition[field] ?? ''));

const columnOf = ({ identity, definition }: CatalogObject, comment: string | null): CatalogColumn => ({
  name: unquote(lastPartOf(identity)),
  type: String(definition['type']),
  isNullable: definition['isNullable'] === true,
  default: defaultOf(definition),
  comment,
});

const defaultOf = ({ default: expression, generated, identity }: CatalogObject['definition']) => {
  if (generated) return `generated: ${generated}`;
  if (identity) return `identity ${identity}`;
  return typeof expression === 'string' ? expression : null;
};

const foreignKeyOf = (constraint: CatalogObject): CatalogForeignKey => ({
  name: unquote(lastPartOf(constraint.identity)),
  columns: namesIn(constraint, 'columns'),
  targetTable: String(constraint.definition['targetTable']),
  targetColumns: namesIn(constraint, 'targetColumns'),
  onDelete: String(constraint.definition['onDelete']),
});

const indexOf = (index: CatalogObject): CatalogIndex => ({
  name: unquote(lastPartOf(index.identity)),
  columns: namesIn(index, 'columns'),
  isUnique: index.definition['isUnique'] === true,
  isPartial: Boolean(index.definition['predicate']),
  isValid: index.definition['isValid'] === true,
  constraint: index.definition['constraint'] ? unquote(String(index.definition['constraint'])) : null,
});

/** Sorted by table and name. */
export const triggersOf = (catalog: Catalog): readonly CatalogTrigger[] =>
  objectsOf(catalog, 'trigger').map(({ identity, definition }) => ({
    name: unquote(lastPartOf(identity)),
    table: parentOf(identity),
    // A trigger's function takes no arguments that its name could show.
    function: partsOf(String(definition['function']).replace(/\(\)$/, '')).join('.'),
    isEnabled: definition['enabled'] === 'enabled' || definition['enabled'] === 'always',
  }));
