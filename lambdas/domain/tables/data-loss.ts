/** Which rows, values and large objects a migration removes, whether or not it can be rolled back. */
import { counted, grouped } from '#domain/count';
import type { ColumnContents, TableContents } from './contents';
import { pairColumns, pairTables } from './counterparts';
import { goneInWords, type LargeObjectsDifference, largeObjectsBetween, uncomparedLargeObjects } from './large-objects';
import type { OutsideBetween } from './outside-tables';

export type Loss = {
  /** `changed`: as many values as before, and not the same ones. `unknown`: rows came or went, or values came, so nothing can be compared. */
  readonly kind: 'table' | 'column' | 'rows' | 'large objects' | 'changed' | 'unknown';
  /** `public.jobs`, or `public.jobs.note` for a column; `large objects`. */
  readonly name: string;
  /** Rows, or values that are not null; at most so many for `changed`, and for `unknown`. */
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

/** The same rows in another table: nothing is lost. */
const sameRows = (before: TableContents, after: TableContents) =>
  before.rows > 0 &&
  before.rows === after.rows &&
  before.columns.length === after.columns.length &&
  before.columns.every((column) => after.columns.some((other) => sameColumn(column, other)));

/** Each column, and what it is now. */
type Pairs = readonly (readonly [before: ColumnContents, after: ColumnContents | undefined])[];

const isChanged = (one: ColumnContents, other: ColumnContents | undefined) =>
  other !== undefined && one.digest !== null && other.digest !== null && one.digest !== other.digest;

const unknown = (name: string, count: number, more: number, what: 'row' | 'value'): Loss => ({
  kind: 'unknown',
  name,
  count,
  text: `the values of ${name} cannot be compared: it has ${counted(Math.abs(more), `${more > 0 ? 'more' : 'fewer'} ${what}`)}`,
});

/** `more` rows are there than before. */
const columnLosses = (table: string, pairs: Pairs, more: number): readonly Loss[] =>
  pairs.flatMap(([column, other]): readonly Loss[] => {
    const name = `${table}.${column.name}`;
    const { values } = column;
    if (values === 0) return [];
    if (!other)
      return [{ kind: 'column', name, count: values, text: `column ${name} with ${counted(values, 'value')} is gone` }];
    // A row that went took one value with it at most.
    const gone = values - other.values + Math.min(more, 0);
    if (gone > 0) {
      const atLeast = more === 0 ? '' : 'at least ';
      return [
        { kind: 'column', name, count: gone, text: `${atLeast}${counted(gone, 'value')} of ${name} became null` },
      ];
    }
    // Rows that came or went change the values of every column.
    if (more !== 0 || !isChanged(column, other)) return [];
    if (gone < 0) return [unknown(name, values, -gone, 'value')];
    const text = `up to ${grouped(values)} values of ${name} changed`;
    return [{ kind: 'changed', name, count: values, text }];
  });

const rowLosses = (name: string, rows: number, gone: number): readonly Loss[] =>
  gone > 0
    ? [
        {
          kind: 'rows',
          name,
          count: gone,
          text: `${grouped(gone)} of ${counted(rows, 'row')} of ${name} ${gone === 1 ? 'is' : 'are'} gone`,
        },
      ]
    : [];

const unknownChanges = (name: string, pairs: Pairs, rows: number, more: number): readonly Loss[] =>
  more !== 0 && pairs.some(([one, other]) => one.values > 0 && other && other.values > 0 && isChanged(one, other))
    ? [unknown(name, Math.min(rows, rows + more), more, 'row')]
    : [];

const tableLosses = (before: TableContents, after: TableContents | undefined): readonly Loss[] => {
  const { table: name, rows } = before;
  if (!after)
    return rows === 0
      ? []
      : [{ kind: 'table', name, count: rows, text: `table ${name} with ${counted(rows, 'row')} is gone` }];
  const more = after.rows - rows;
  const now = pairColumns(before, after, sameColumn);
  const pairs = before.columns.map((column) => [column, now.get(column)] as const);
  return [
    ...rowLosses(name, rows, -more),
    ...columnLosses(name, pairs, more),
    ...unknownChanges(name, pairs, rows, more),
  ];
};

const largeObjectLosses = (difference: LargeObjectsDifference): readonly Loss[] => {
  const { gone, otherContents } = difference;
  const name = 'large objects';
  const text = `the contents of ${counted(otherContents, 'large object')} changed`;
  return [
    ...(gone > 0 ? [{ kind: 'large objects' as const, name, count: gone, text: goneInWords(difference) }] : []),
    ...(otherContents > 0 ? [{ kind: 'changed' as const, name, count: otherContents, text }] : []),
  ];
};

const gradeOfKind: Readonly<Record<Loss['kind'], DataLoss['grade']>> = {
  table: 'lost',
  column: 'lost',
  rows: 'lost',
  'large objects': 'lost',
  changed: 'changed',
  unknown: 'not compared',
};

const fromBadToGood = ['lost', 'changed', 'not compared', 'nothing lost'] as const;

const worstOf = (grades: readonly DataLoss['grade'][]): DataLoss['grade'] =>
  fromBadToGood.find((grade) => grades.includes(grade)) ?? 'nothing lost';

/**
 * Grades which rows and values are gone. Rows that were deleted and replaced by as many others count as changed values. New
 * tables are not looked at. `outside` has the large objects; null where they were not read.
 *
 * @example
 * dataLossBetween(before, after)
 * // { grade: 'lost', losses: [{ kind: 'rows', name: 'public.jobs', count: 2, text: '2 of 5 rows of public.jobs are gone' }], … }
 */
export const dataLossBetween = (
  before: readonly TableContents[],
  after: readonly TableContents[],
  outside: OutsideBetween | null = null,
): DataLoss => {
  const objects = outside && largeObjectsBetween(outside);
  const now = pairTables(before, after, sameRows);
  const losses = [
    ...before.flatMap((contents) => tableLosses(contents, now.get(contents))),
    ...(objects ? largeObjectLosses(objects) : []),
  ];
  const notCompared = [
    ...[...now]
      .filter(([contents, other]) => contents.digest === null || other.digest === null)
      .map(([{ table }]) => table),
    ...(objects ? uncomparedLargeObjects(objects) : []),
  ];
  const grade = worstOf([
    ...losses.map(({ kind }) => gradeOfKind[kind]),
    ...(notCompared.length > 0 ? (['not compared'] as const) : []),
  ]);
  return { grade, losses, notCompared };
};

/** `nothing lost`, or the losses. */
export const lossInWords = ({ grade, losses, notCompared }: DataLoss): string =>
  [
    ...(losses.length === 0 && notCompared.length === 0 ? [grade] : losses.map(({ text }) => text)),
    ...(notCompared.length > 0 ? [`too large to compare: ${notCompared.join(', ')}`] : []),
  ].join('; ');
