/** Tables as they will be: what was there before and what the migration adds, seen as one. */
import type { ReviewContext } from './context';

/** Anything that gives a table an index: CREATE INDEX, a primary key, a unique constraint. */
export type Key = {
  readonly name: string | null;
  readonly table: string;
  /** Null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly isUnique: boolean;
  readonly isPartial: boolean;
  readonly isBtree: boolean;
  /** Equal for keys that hold the same in the same order; null where that is not known. */
  readonly signature: string | null;
  /** Line in the file; null for what was there before. */
  readonly line: number | null;
};

const plainSignature = (columns: readonly string[]) => `btree ${columns.join(', ')}`;

/** An index on plain columns in default order is the same as the one a constraint makes. */
const comparable = (columns: readonly (string | null)[], signature: string): string =>
  columns.every((column) => column !== null) &&
  !/SORTBY_(?:DESC|NULLS_FIRST|NULLS_LAST)|opclass|collation/.test(signature)
    ? plainSignature(columns)
    : signature;

/** Those that stand when the migration is through. An index goes by itself, with its constraint, with a column of it, or with the table. */
export const keysOf = ({ changes, existing, dropped }: ReviewContext, table: string): readonly Key[] => {
  const [schema] = table.split('.');
  const isDroppedBehind = (line: number, names: readonly string[]) =>
    names.some((name) => (dropped.get(name) ?? line) > line);
  const standsAfter = ({ name, columns, line }: Pick<Key, 'name' | 'columns' | 'line'>) =>
    !isDroppedBehind(line ?? 0, [
      ...[`index ${schema}.${name}`, `constraint ${table}.${name}`, `table ${table}`],
      ...columns.map((column) => `column ${table}.${column}`),
    ]);
  const constraints = changes.constraints.filter(
    (one) => one.table === table && (one.kind === 'primary key' || one.kind === 'unique') && one.usingIndex === null,
  );
  const keys: readonly Key[] = [
    ...(existing.get(table)?.indexes ?? [])
      .filter(({ isValid }) => isValid)
      .map(({ name, columns, isUnique, isPartial }) => ({
        name,
        table,
        isUnique,
        isPartial,
        isBtree: true,
        line: null,
        columns: columns.map((column) => column || null),
        signature: isPartial || columns.includes('') ? null : plainSignature(columns),
      })),
    ...constraints.map(({ name, columns, line }) => ({
      name,
      table,
      columns,
      line,
      isUnique: true,
      isPartial: false,
      isBtree: true,
      signature: plainSignature(columns),
    })),
    ...changes.indexes
      .filter((index) => index.table === table)
      .map(({ name, columns, isUnique, isPartial, line, method, signature }) => ({
        name,
        table,
        columns,
        isUnique,
        isPartial,
        line,
        isBtree: method === 'btree',
        signature: method === 'btree' && !isPartial ? comparable(columns, signature) : signature,
      })),
  ];
  return keys.filter(standsAfter);
};

export const tableExists = ({ changes, existing }: ReviewContext, table: string): boolean =>
  existing.has(table) || changes.tables.some(({ name }) => name === table);

/** False when some of its columns come from elsewhere: LIKE, a parent, a query. */
export const knowsColumns = ({ changes, existing }: ReviewContext, table: string): boolean =>
  existing.has(table) ||
  changes.tables.some(({ name, hasOwnColumns, parents }) => name === table && hasOwnColumns && parents.length === 0);

// serial is a way to write a column, not a type.
const storedAs: Readonly<Record<string, string>> = { smallserial: 'smallint', serial: 'integer', bigserial: 'bigint' };

/** As `format_type` spells it; null when there is no such column. */
export const columnType = ({ changes, existing }: ReviewContext, table: string, column: string): string | null => {
  const added = changes.columns.find((one) => one.table === table && one.name === column);
  const type = added?.type ?? existing.get(table)?.columns.find(({ name }) => name === column)?.type;
  return type === undefined ? null : (storedAs[type] ?? type);
};

export const primaryKeyOf = ({ changes, existing }: ReviewContext, table: string): readonly string[] =>
  changes.constraints.find((one) => one.table === table && one.kind === 'primary key')?.columns ??
  existing.get(table)?.primaryKey ??
  [];

/** Tables that the migration gives indexes, columns or constraints. */
export const touchedTables = ({ changes }: ReviewContext): readonly string[] => [
  ...new Set([
    ...changes.tables.map(({ name }) => name),
    ...changes.columns.map(({ table }) => table),
    ...changes.constraints.map(({ table }) => table),
    ...changes.indexes.map(({ table }) => table),
  ]),
];
