/** How the rows that were there before differ now: which were removed, and which hold other values. */
import { counted, grouped } from '#domain/count';
import type { ColumnContents, TableContents } from './contents';
import { pairColumns, pairTables } from './counterparts';
import { describeLargeObjects, largeObjectsBetween, uncomparedLargeObjects } from './large-objects';
import type { OutsideBetween } from './outside-tables';

export type ContentsDifference = {
  /** One line each: `public.accounts: 5,000 rows became 0`. */
  readonly changed: readonly string[];
  /** Tables that are on both sides and were too large to be compared, and large objects that were not read. */
  readonly notCompared: readonly string[];
};

const columnsInWords = (columns: readonly ColumnContents[], verb: string) =>
  columns.length === 0
    ? []
    : [`${columns.length === 1 ? 'column' : 'columns'} ${columns.map(({ name }) => name).join(', ')} ${verb}`];

/** Of two tables with as many rows whose digests differ; the digests of columns cannot see values that changed places. */
const otherDigest = (before: TableContents, after: TableContents): readonly string[] => {
  const pairs = [...pairColumns(before, after)];
  const named = [
    ...columnsInWords(
      before.columns.filter((column) => !pairs.some(([one]) => one === column)),
      'removed',
    ),
    ...columnsInWords(
      after.columns.filter((column) => !pairs.some(([, other]) => other === column)),
      'added',
    ),
    ...pairs
      .filter(([one, other]) => one.name !== other.name)
      .map(([one, other]) => `column ${one.name} is now named ${other.name}`),
  ];
  const isOther = named.length === 0 || pairs.some(([one, other]) => one.digest !== other.digest);
  return [...named, ...(isOther ? [`values among its ${counted(before.rows, 'row')} changed`] : [])];
};

const rowsInWords = (before: TableContents, after: TableContents): readonly string[] => {
  if (before.rows !== after.rows) return [`${counted(before.rows, 'row')} became ${grouped(after.rows)}`];
  const isCompared = before.digest !== null && after.digest !== null;
  return isCompared && before.digest !== after.digest ? otherDigest(before, after) : [];
};

const describeTable = (before: TableContents, after: TableContents | undefined): readonly string[] => {
  const { table, rows } = before;
  if (!after) return rows === 0 ? [] : [`${table} with ${counted(rows, 'row')} is gone`];
  const changes = [...(table === after.table ? [] : [`is now named ${after.table}`]), ...rowsInWords(before, after)];
  return changes.length === 0 ? [] : [`${table}: ${changes.join(', ')}`];
};

/**
 * Describes how the rows that were there before differ now, and the large objects where `outside` has them. New tables are not looked at.
 *
 * @example
 * contentsDifference(before, after) // { changed: ['public.jobs: 5 rows became 3'], notCompared: [] }
 */
export const contentsDifference = (
  before: readonly TableContents[],
  after: readonly TableContents[],
  outside: OutsideBetween | null = null,
): ContentsDifference => {
  const objects = outside && largeObjectsBetween(outside);
  const now = pairTables(before, after);
  return {
    changed: [
      ...before.flatMap((contents) => describeTable(contents, now.get(contents))),
      ...(objects ? describeLargeObjects(objects) : []),
    ],
    notCompared: [
      ...[...now].filter(([one, other]) => one.digest === null || other.digest === null).map(([{ table }]) => table),
      ...(objects ? uncomparedLargeObjects(objects) : []),
    ],
  };
};
