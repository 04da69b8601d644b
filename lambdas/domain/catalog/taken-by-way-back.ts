/** What a way back takes away, and what it brings back without its rows: read from the statements that it is made of. */
import { counted } from '#domain/count';
import type { TableContents } from '#domain/tables/contents';
import { type DataLoss, dataLossBetween } from '#domain/tables/data-loss';
import { lastPartOf, parentOf, unquote } from './identifiers';

/** What the tables in question held before the migration, and hold after up and way back; null where nobody looked. */
export type MeasuredContents = {
  readonly before: readonly TableContents[];
  readonly after: readonly TableContents[];
} | null;

const name = String.raw`((?:"(?:[^"]|"")*"|[\w$]+)(?:\.(?:"(?:[^"]|"")*"|[\w$]+))*)`;

const matching = (pattern: string) => {
  const expression = new RegExp(`^${pattern.replaceAll('NAME', name)}`);
  return (sql: readonly string[]) =>
    sql.flatMap((statement) => {
      const found = expression.exec(statement);
      return found ? [{ statement, names: found.slice(1) }] : [];
    });
};

const tablesDropped = matching('DROP TABLE NAME$');
const columnsDropped = matching('ALTER TABLE NAME DROP COLUMN NAME$');
const tablesMade = matching('CREATE (?:UNLOGGED )?TABLE NAME');
const columnsMade = matching('ALTER TABLE NAME ADD COLUMN NAME ');
const typesChanged = matching('ALTER TABLE NAME ALTER COLUMN NAME TYPE ');

const column = ([table = '', part = '']: readonly string[]) => `${table}.${part}`;

const here = (count: number | undefined, what: string) => (count ? ` (${counted(count, what)} here)` : '');

const typeIn = (statement: string) => /TYPE (.*?)(?: COLLATE .*?)? USING /s.exec(statement)?.[1] ?? 'another type';

const measuredLosses = (loss: DataLoss) => loss.losses.filter(({ kind }) => kind === 'changed').map(({ text }) => text);

/**
 * One sentence each, the worst first; empty where nothing of rows is touched. `isComputed` is true for generated columns, whose values
 * are made again.
 *
 * @example
 * takenByWayBack(['DROP TABLE public.jobs'], null) // ['public.jobs goes, with the rows that it got since the migration']
 */
export const takenByWayBack = (
  sql: readonly string[],
  measured: MeasuredContents,
  isComputed: (column: string) => boolean = () => false,
): readonly string[] => {
  const rowsOf = (table: string) => measured?.before.find((one) => one.table === table)?.rows;
  const valuesOf = (identity: string) =>
    measured?.before
      .find(({ table }) => table === parentOf(identity))
      ?.columns.find((one) => one.name === unquote(lastPartOf(identity)))?.values;
  return [
    ...tablesMade(sql).map(
      ({ names: [table = ''] }) =>
        `${table} comes back without rows: they went with the migration${here(rowsOf(table), 'row')}`,
    ),
    ...columnsMade(sql)
      .map(({ names }) => column(names))
      .filter((identity) => !isComputed(identity))
      .map(
        (identity) =>
          `${identity} comes back without its values: they went with the migration${here(valuesOf(identity), 'value')}`,
      ),
    ...(measured ? measuredLosses(dataLossBetween(measured.before, measured.after)) : []),
    ...tablesDropped(sql).map(
      ({ names: [table = ''] }) => `${table} goes, with the rows that it got since the migration`,
    ),
    ...columnsDropped(sql)
      .map(({ names }) => column(names))
      .filter((identity) => !isComputed(identity))
      .map((identity) => `${identity} goes, with the values that it got since the migration`),
    ...typesChanged(sql).map(
      ({ names, statement }) =>
        `${column(names)} is ${typeIn(statement)} again: it fails on a value that does not fit, and may round others`,
    ),
  ];
};

/** The tables that a way back touches the rows of: worth to be counted before and after. */
export const tablesTouched = (sql: readonly string[]): ReadonlySet<string> =>
  new Set([...tablesMade(sql), ...columnsMade(sql), ...typesChanged(sql)].map(({ names: [table = ''] }) => table));
