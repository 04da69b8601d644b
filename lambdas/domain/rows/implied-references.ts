/** References that an application keeps in step, and no constraint: found by the name of the column and the type of the key. */
import { partsOf } from '#domain/catalog/identifiers';
import type { ColumnShape, ForeignKeyShape } from './shape';

/** A primary key of one column. */
export type TableKey = { readonly table: string; readonly column: string; readonly type: string };

const plain = (name: string) => name.toLowerCase().replaceAll('_', '');

/** `user_id`, `userId` → `user`; null for a name that does not end like a reference. */
const stemOf = (name: string): string | null =>
  /^(.+?)(?:_id|_uuid|_fk|(?<=[a-z0-9])(?:Id|ID|Uuid))$/.exec(name)?.[1] ?? null;

const singularsOf = (table: string): readonly string[] => {
  const name = plain(partsOf(table).at(-1) ?? '');
  return [name, name.replace(/ies$/, 'y'), name.replace(/es$/, ''), name.replace(/s$/, '')];
};

/** Key columns whose name alone says nothing about their table. */
const general: readonly string[] = ['id', 'key', 'name', 'code', 'uuid', 'type', 'value', 'version', 'hash', 'token'];

/** 3: the tail of a longer name that is a table's, as in `owner_user_id` or `shop_users`. */
const shortestTail = 3;

const endsLike = (one: string, other: string) => other.length >= shortestTail && one.endsWith(other);

type Ranked = { readonly key: TableKey; readonly rank: number };

/** Lower is better; null where the name does not mean the table. */
const rankOf = (column: ColumnShape, own: string, { table, column: key }: TableKey): number | null => {
  const stem = stemOf(column.name);
  if (stem !== null) {
    const word = plain(stem);
    const names = singularsOf(table);
    if (names.includes(word)) return 0;
    if (table === own && word === 'parent') return 1;
    if (names.some((name) => endsLike(name, word))) return 2;
    if (names.some((name) => endsLike(word, name))) return 3;
  }
  return table !== own && key === column.name && !general.includes(plain(key)) ? 4 : null;
};

/** Of the given columns of the table `own`; a name that means two tables equally well means none. */
export const impliedReferences = (
  own: string,
  columns: readonly ColumnShape[],
  keys: readonly TableKey[],
): readonly ForeignKeyShape[] =>
  columns.flatMap((column) => {
    const ranked = keys.flatMap((key): readonly Ranked[] => {
      const isItself = key.table === own && key.column === column.name;
      const rank = key.type === column.type && !isItself ? rankOf(column, own, key) : null;
      return rank === null ? [] : [{ key, rank }];
    });
    const best = Math.min(...ranked.map(({ rank }) => rank));
    const [found, ...others] = ranked.filter(({ rank }) => rank === best);
    if (!found || others.length > 0) return [];
    const { table, column: parentColumn } = found.key;
    return [
      {
        name: `${column.name} names ${table}`,
        columns: [column.name],
        parent: table,
        parentColumns: [parentColumn],
        isImplied: true as const,
      },
    ];
  });
