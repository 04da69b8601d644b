/** What the tables hold, as far as it can be compared: rows that come, go or change are told from it. */
import { count } from '../count';

export type ColumnContents = {
  /** pg_attribute.attnum: stays when the column is renamed, and is never given again. */
  readonly attnum: number;
  readonly name: string;
  /** How many are not null. */
  readonly values: number;
  /** Over all values, whatever their order and the column's name. Null when the table was too large to be read. */
  readonly digest: string | null;
};

export type TableContents = {
  /** pg_class.oid: stays when the table is renamed. */
  readonly oid: number;
  /** `schema.table`, quoted where needed. */
  readonly table: string;
  readonly rows: number;
  /** Over all rows, whatever their order; the columns in the order of their names. Null when the table was too large to be read. */
  readonly digest: string | null;
  readonly columns: readonly ColumnContents[];
};

export type ContentsDifference = {
  /** One line each: `public.accounts: 5000 rows became 0`. */
  readonly changed: readonly string[];
  /** Tables that are on both sides and were too large to be compared. */
  readonly notCompared: readonly string[];
};

const tell = (before: TableContents, after: TableContents | undefined): string | null => {
  if (!after) return before.rows === 0 ? null : `${before.table} with ${count(before.rows, 'row')} is gone`;
  if (before.rows !== after.rows) return `${before.table}: ${count(before.rows, 'row')} became ${after.rows}`;
  return before.digest !== null && after.digest !== null && before.digest !== after.digest
    ? `${before.table}: values in its ${count(before.rows, 'row')} are others, or its columns are`
    : null;
};

/** What of the rows that were there before is not as it was. Tables that came are not looked at. */
export const contentsDifference = (
  before: readonly TableContents[],
  after: readonly TableContents[],
): ContentsDifference => {
  const now = new Map(after.map((contents) => [contents.table, contents]));
  return {
    changed: before.flatMap((contents) => tell(contents, now.get(contents.table)) ?? []),
    notCompared: before
      .filter(({ table, digest }) => now.has(table) && (digest === null || now.get(table)?.digest === null))
      .map(({ table }) => table),
  };
};
