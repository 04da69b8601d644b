/** Which rows and values a migration takes away, told apart from whether it can be taken back. */
import { count } from '../count';
import type { ColumnContents, TableContents } from './table-contents';

export type Loss = {
  /** `changed`: as many values as before, and not the same ones. */
  readonly kind: 'table' | 'column' | 'rows' | 'changed';
  /** `public.jobs`, or `public.jobs.note` for a column. */
  readonly name: string;
  /** Rows, or values that are not null; at most so many for `changed`. */
  readonly count: number;
  readonly text: string;
};

export type DataLoss = {
  /** From bad to good: something is gone; values are others; not everything could be compared; everything is there. */
  readonly grade: 'lost' | 'changed' | 'not compared' | 'nothing lost';
  readonly losses: readonly Loss[];
  /** Too large to be read; their rows and values are counted. */
  readonly notCompared: readonly string[];
};

const sameColumn = (one: ColumnContents, other: ColumnContents) =>
  one.values === other.values && one.digest !== null && one.digest === other.digest;

/** The same rows under another name: nothing is lost by a new name. */
const isRenamed = (before: TableContents, after: TableContents) =>
  before.rows === after.rows &&
  before.columns.length === after.columns.length &&
  before.columns.every((column) => after.columns.some((other) => sameColumn(column, other)));

const columnLosses = (before: TableContents, after: TableContents): readonly Loss[] => {
  const now = new Map(after.columns.map((column) => [column.name, column]));
  const came = after.columns.filter(({ name }) => !before.columns.some((column) => column.name === name));
  return before.columns.flatMap((column): readonly Loss[] => {
    const name = `${before.table}.${column.name}`;
    const other = now.get(column.name) ?? came.find((one) => sameColumn(column, one));
    if (column.values === 0) return [];
    if (!other)
      return [
        {
          kind: 'column',
          name,
          count: column.values,
          text: `column ${name} with ${count(column.values, 'value')} is gone`,
        },
      ];
    // Rows that came or went change the values of every column, and are told as rows.
    if (before.rows !== after.rows) return [];
    const gone = column.values - other.values;
    if (gone > 0)
      return [{ kind: 'column', name, count: gone, text: `${count(gone, 'value')} of ${name} became null` }];
    const isChanged = column.digest !== null && other.digest !== null && column.digest !== other.digest;
    if (!isChanged) return [];
    const text = `values of ${name} are others, at most ${column.values}`;
    return [{ kind: 'changed', name, count: column.values, text }];
  });
};

const tableLosses = (before: TableContents, after: TableContents | undefined): readonly Loss[] => {
  const { table: name, rows } = before;
  if (!after)
    return rows === 0
      ? []
      : [{ kind: 'table', name, count: rows, text: `table ${name} with ${count(rows, 'row')} is gone` }];
  const gone = rows - after.rows;
  const rowLoss: readonly Loss[] =
    gone > 0
      ? [
          {
            kind: 'rows',
            name,
            count: gone,
            text: `${gone} of ${count(rows, 'row')} of ${name} ${gone === 1 ? 'is' : 'are'} gone`,
          },
        ]
      : [];
  return [...rowLoss, ...columnLosses(before, after)];
};

/** Rows that were deleted and replaced by as many others are told as changed values. Tables that came are not looked at. */
export const dataLossBetween = (before: readonly TableContents[], after: readonly TableContents[]): DataLoss => {
  const now = new Map(after.map((contents) => [contents.table, contents]));
  const came = after.filter(({ table }) => !before.some((contents) => contents.table === table));
  const counterpart = (contents: TableContents) =>
    now.get(contents.table) ?? came.find((other) => contents.rows > 0 && isRenamed(contents, other));
  const losses = before.flatMap((contents) => tableLosses(contents, counterpart(contents)));
  const notCompared = before
    .filter((contents) => contents.digest === null && counterpart(contents) !== undefined)
    .map(({ table }) => table);
  const isGone = losses.some(({ kind }) => kind !== 'changed');
  const grade = isGone
    ? 'lost'
    : losses.length > 0
      ? 'changed'
      : notCompared.length > 0
        ? 'not compared'
        : 'nothing lost';
  return { grade, losses, notCompared };
};

/** `nothing lost`, or the losses. */
export const lossInWords = ({ grade, losses, notCompared }: DataLoss): string =>
  [
    ...(losses.length === 0 && notCompared.length === 0 ? [grade] : losses.map(({ text }) => text)),
    ...(notCompared.length > 0 ? [`too large to compare: ${notCompared.join(', ')}`] : []),
  ].join('; ');
