/** Pairs the tables and columns of two moments of a database: PostgreSQL keeps the number of what it renames. */
import type { ColumnContents, TableContents } from './contents';

type Match<T> = (before: T, after: T) => boolean;

/** Each match is tried on what the ones before it have left over. */
const pairOff = <T>(before: readonly T[], after: readonly T[], matches: readonly Match<T>[]): ReadonlyMap<T, T> => {
  const pairs = new Map<T, T>();
  for (const match of matches) {
    const taken = new Set(pairs.values());
    const left = after.filter((other) => !taken.has(other));
    for (const one of before.filter((each) => !pairs.has(each))) {
      const other = left.find((each) => match(one, each));
      if (other) pairs.set(one, other);
    }
  }
  return pairs;
};

const never = () => false;

/** By oid, by name, and at last by `isSame`. A table that has none is gone. */
export const pairTables = (
  before: readonly TableContents[],
  after: readonly TableContents[],
  isSame: Match<TableContents> = never,
): ReadonlyMap<TableContents, TableContents> =>
  pairOff(before, after, [(one, other) => one.oid === other.oid, (one, other) => one.table === other.table, isSame]);

/** By attnum where it is one table and not another that was made in its place, by name, and at last by `isSame`. */
export const pairColumns = (
  before: TableContents,
  after: TableContents,
  isSame: Match<ColumnContents> = never,
): ReadonlyMap<ColumnContents, ColumnContents> =>
  pairOff(before.columns, after.columns, [
    (one, other) => before.oid === after.oid && one.attnum === other.attnum,
    (one, other) => one.name === other.name,
    isSame,
  ]);
