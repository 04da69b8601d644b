/** Tables before and after as one picture: what came, went and changed, and the neighbours that foreign keys lead to. */

import { partsOf } from './identifiers';
import type { CatalogTable } from './tables';

/** Names are `schema.name`, unquoted. */
export type PlainTable = {
  readonly name: string;
  /** Its name before, where it was given another one. */
  readonly formerly?: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly isNullable: boolean;
    readonly isKey: boolean;
  }[];
  readonly foreignKeys: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly target: string;
  }[];
};

export type Fate = 'same' | 'came' | 'went' | 'changed';

export type PicturedTable = {
  readonly name: string;
  /** Another one where it was renamed. */
  readonly nameBefore: string;
  readonly fate: Fate;
  /** Their words before and after; null where there was or is none. */
  readonly columns: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
  /** How many more it has, which are the same as before. */
  readonly more: number;
};

export type PicturedKey = { readonly name: string; readonly from: string; readonly to: string; readonly fate: Fate };

export type SchemaPicture = {
  readonly tables: readonly PicturedTable[];
  readonly keys: readonly PicturedKey[];
  /** Tables that are touched or referred to and are too many to be drawn; the first of their names. */
  readonly leftOut: { readonly count: number; readonly names: readonly string[] };
};

/** In units of the picture, which are pixels of its own box. */
export const lineHeight = 18;
export const letterWidth = 6.7;

/** More would not be read on one page. */
const mostTables = 24;
const mostColumns = 16;

export const plainTables = (tables: readonly CatalogTable[]): readonly PlainTable[] =>
  tables.map(({ schema, name, columns, primaryKey, foreignKeys }) => ({
    name: `${schema}.${name}`,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type,
      isNullable: column.isNullable,
      isKey: primaryKey.includes(column.name),
    })),
    foreignKeys: foreignKeys.map((key) => ({
      name: key.name,
      columns: key.columns,
      target: partsOf(key.targetTable).join('.'),
    })),
  }));

type Column = PlainTable['columns'][number];

const wordsOf = (table: PlainTable | null, { name, type, isNullable, isKey }: Column): string => {
  const isForeign = table?.foreignKeys.some(({ columns }) => columns.includes(name)) ?? false;
  return [type, ...(isKey ? ['PK'] : []), ...(isForeign ? ['FK'] : []), ...(isNullable ? [] : ['not null'])].join(' ');
};

const columnsOf = (before: PlainTable | null, after: PlainTable | null) => {
  const names = [...new Set([...(after?.columns ?? []), ...(before?.columns ?? [])].map(({ name }) => name))];
  const words = (table: PlainTable | null, name: string) => {
    const column = table?.columns.find((one) => one.name === name);
    return column ? wordsOf(table, column) : null;
  };
  return names.map((name) => ({ name, before: words(before, name), after: words(after, name) }));
};

const fateOf = (before: unknown, after: unknown, isSame: boolean): Fate => {
  if (before === null || before === undefined) return 'came';
  if (after === null || after === undefined) return 'went';
  return isSame ? 'same' : 'changed';
};

/** Those that change, and the keys; then the others as far as there is room. */
const chosenOf = (table: Omit<PicturedTable, 'more'>, most: number): PicturedTable => {
  const weight = ({ before, after }: PicturedTable['columns'][number]) =>
    before !== after ? 0 : / (?:PK|FK)/.test(after ?? '') ? 1 : 2;
  const chosen = new Set([...table.columns].sort((one, other) => weight(one) - weight(other)).slice(0, most));
  return {
    ...table,
    columns: table.columns.filter((column) => chosen.has(column)),
    more: table.columns.length - chosen.size,
  };
};

const keysOf = (pairs: readonly Pair[]): readonly PicturedKey[] =>
  pairs.flatMap(({ before, after, name }) => {
    const all = [...(after?.foreignKeys ?? []), ...(before?.foreignKeys ?? [])];
    return [...new Set(all.map((key) => key.name))].map((keyName) => {
      const [is, was] = [after, before].map((table) => table?.foreignKeys.find((key) => key.name === keyName));
      const isSame = String(is?.columns) === String(was?.columns) && is?.target === was?.target;
      return { name: keyName, from: name, to: is?.target ?? was?.target ?? '', fate: fateOf(was, is, isSame) };
    });
  });

type Pair = { readonly name: string; readonly before: PlainTable | null; readonly after: PlainTable | null };

const pairsOf = (before: readonly PlainTable[], after: readonly PlainTable[]): readonly Pair[] => {
  const byName = new Map(before.map((table) => [table.name, table]));
  const pairs = after.map((table) => ({
    name: table.name,
    before: byName.get(table.formerly ?? table.name) ?? null,
    after: table,
  }));
  const kept = new Set(pairs.map((pair) => pair.before));
  const gone = before.filter((table) => !kept.has(table));
  return [...pairs, ...gone.map((table) => ({ name: table.name, before: table, after: null }))];
};

/** `touched` are tables, by their names before or after, that the migration works on although nothing that is drawn of them changes. */
export const pictureOf = (
  before: readonly PlainTable[],
  after: readonly PlainTable[],
  touched: readonly string[] = [],
): SchemaPicture => {
  const pairs = pairsOf(before, after);
  const keys = keysOf(pairs);
  const tables = pairs.map(({ name, before: was, after: is }) => {
    const columns = columnsOf(was, is);
    const isSame = was?.name === is?.name && columns.every((column) => column.before === column.after);
    return { name, nameBefore: was?.name ?? name, fate: fateOf(was, is, isSame), columns };
  });
  const changing = new Set(
    tables
      .filter(({ name, nameBefore, fate }) => fate !== 'same' || touched.includes(name) || touched.includes(nameBefore))
      .map(({ name }) => name),
  );
  for (const { from, fate } of keys) if (fate !== 'same') changing.add(from);
  const neighbours = new Set(
    keys.flatMap(({ from, to }) => [...(changing.has(from) ? [to] : []), ...(changing.has(to) ? [from] : [])]),
  );
  const wanted = [
    ...tables.filter(({ name }) => changing.has(name)),
    ...tables.filter(({ name }) => neighbours.has(name) && !changing.has(name)),
  ];
  const drawn = wanted.slice(0, mostTables);
  const names = new Set(drawn.map(({ name }) => name));
  return {
    tables: drawn.map((table) => chosenOf(table, changing.has(table.name) ? mostColumns : 4)),
    keys: keys.filter(({ from, to }) => names.has(from) && names.has(to) && (changing.has(from) || changing.has(to))),
    leftOut: {
      count: wanted.length - drawn.length,
      names: wanted.slice(mostTables, 2 * mostTables).map(({ name }) => name),
    },
  };
};
