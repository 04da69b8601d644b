/** Puts rows together from the values that each column may have. The same schema gives the same rows. */
import type { Pool } from './pools';
import type { ForeignKeyShape, TableShape } from './shape';

/** A value per column, in the order of the pools; null is NULL. */
export type MadeRow = readonly (string | null)[];

export type RowRequest = {
  readonly count: number;
  /** Columns in which no row of the table has a null, although it may: what a migration has filled stays filled. */
  readonly without: ReadonlySet<string>;
  /** What the foreign keys may refer to, by name: one entry per row of the parent, in the order of the key's columns. */
  readonly parents: ReadonlyMap<string, readonly (readonly string[])[]>;
};

/** FNV-1a: the same number for the same text on every machine. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // The low bits of FNV follow the last letter; folded, they depend on all.
  return ((hash ^ (hash >>> 15)) >>> 0) % 1_000_003;
};

/** The second row has all the nulls that it may have, the next ones none, so that every value of a column is met; then it varies. */
const firstFull = 9;
const nullShares: readonly number[] = [0.25, 0.5, 0.75, 1, 0];

const nullShareOf = (row: number): number => {
  if (row === 1) return 1;
  return row < firstFull ? 0 : (nullShares[(row - firstFull) % nullShares.length] ?? 0);
};

/** Of a key over several columns none of which differs by itself, the first ones take turns among so many. */
const turnsInKey = 4;

type Strides = ReadonlyMap<string, { readonly stride: number; readonly turns: number }>;

/** Which value of its pool a key's column has in row n: `floor(n / stride) % turns`. */
const stridesOf = (shape: TableShape, lengths: ReadonlyMap<string, number>): Strides => {
  const strides = new Map<string, { readonly stride: number; readonly turns: number }>();
  const keys = [...shape.uniqueKeys].sort((one, other) => one.length - other.length);
  for (const key of keys) {
    // A column that PostgreSQL numbers by itself, or one that another key makes differ, is enough.
    if (key.some((name) => !lengths.has(name) || strides.get(name)?.stride === 1)) continue;
    let stride = 1;
    for (const [at, name] of key.entries()) {
      const length = lengths.get(name) ?? 1;
      const turns = at < key.length - 1 ? Math.min(length, turnsInKey) : length;
      if (!strides.has(name)) strides.set(name, { stride, turns });
      stride *= turns;
    }
  }
  return strides;
};

const agrees = (tuple: readonly string[], key: ForeignKeyShape, taken: ReadonlyMap<string, string | null>) =>
  key.columns.every((name, at) => !taken.has(name) || taken.get(name) === tuple[at]);

/** Rows with which PostgreSQL may still disagree: over keys, joint checks and triggers it decides itself. */
export const makeRows = (
  shape: TableShape,
  pools: readonly Pool[],
  { count, without, parents }: RowRequest,
): readonly MadeRow[] => {
  const isOfUse = ({ name, isImplied }: ForeignKeyShape) => !isImplied || (parents.get(name)?.length ?? 0) > 0;
  const keys = shape.foreignKeys.filter(isOfUse).sort((one, other) => other.columns.length - one.columns.length);
  const lengths = new Map(pools.map(({ column, values }) => [column.name, Math.max(1, values.length)]));
  for (const { columns, name } of keys)
    for (const column of columns)
      if (lengths.has(column)) lengths.set(column, Math.max(1, parents.get(name)?.length ?? 1));
  const strides = stridesOf(shape, lengths);
  const pick = (row: number, name: string, length: number) => {
    const own = strides.get(name);
    if (own) return Math.floor(row / own.stride) % Math.min(own.turns, length);
    const offset = hashOf(`${shape.identity}.${name}`);
    // Every value is met once before they are mixed; the second row has what the first one has, where it has no nulls.
    const turn = Math.max(0, row - 1);
    return (turn < length ? turn + offset : hashOf(`${shape.identity}.${name}.${row}`)) % length;
  };
  return Array.from({ length: count }, (_, row) => {
    const share = nullShareOf(row);
    const isNull = (name: string) => hashOf(`${row}.${name}`) % 1_000 < share * 1_000;
    const nullable = new Map(
      pools.map((pool) => [pool.column.name, pool.isNullable && !without.has(pool.column.name)]),
    );
    const taken = new Map<string, string | null>();
    for (const key of keys) {
      const tuples = (parents.get(key.name) ?? []).filter((tuple) => agrees(tuple, key, taken));
      const tuple = tuples.length > 0 ? tuples[pick(row, key.columns[0] ?? '', tuples.length)] : undefined;
      const isLeftOut = key.columns.some((name) => nullable.get(name)) && (!tuple || isNull(key.name));
      for (const [at, name] of key.columns.entries()) {
        const value = isLeftOut ? null : tuple?.[at];
        // What takes no null is left to another key, or to the column's own values.
        if (value === undefined || (value === null && !nullable.get(name))) continue;
        if (lengths.has(name) && !taken.has(name)) taken.set(name, value);
      }
    }
    return pools.map(({ column, values }) => {
      const referring = taken.get(column.name);
      if (referring !== undefined) return referring;
      if ((nullable.get(column.name) && isNull(column.name)) || values.length === 0) return null;
      return values[pick(row, column.name, values.length)] ?? null;
    });
  });
};
