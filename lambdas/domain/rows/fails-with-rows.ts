/** What is said of a migration that runs on empty tables and fails on rows that were made for its rehearsal. */

/** By SQLSTATE: what the migration can do about such rows. */
const remedies: Readonly<Record<string, string>> = {
  '23502': 'fill the column in all rows before it takes no null any more, or give a new column a default',
  '23505': 'remove or merge equal rows before the key is made',
  '23514': 'change the rows that do not fulfil the check before it is added, or add it NOT VALID and validate it later',
  '23503': 'mend the rows that refer to nothing before the key is added, or add it NOT VALID and validate it later',
  '23001': 'remove the rows that refer to it first',
  '23P01': 'change the rows that exclude each other before the constraint is made',
  '22001': 'shorten the values before the type is narrowed, or say with USING how they become shorter',
  '22P02': 'convert the values that the new type does not read before the change, or say with USING how',
  '22007': 'convert the values that are no date before the change, or say with USING how',
  '22008': 'convert the values beyond the type before the change, or say with USING how',
  '22003': 'convert the numbers beyond the type before the change, or take a wider type',
  '22012': 'leave out the rows in which the divisor is zero, with nullif() for example',
  '21000': 'ask for one row, with LIMIT 1 or a condition, where several may be there',
};

const anyRemedy =
  'write the statement so that it holds for every row that the schema allows, or forbid such rows first';

export type TableBehind = {
  readonly table: string;
  readonly rows: number;
  /** One of them, where it is known. */
  readonly example: string | null;
};

const inWords = ({ table, rows, example }: TableBehind) =>
  `${table} (${rows} rows${example === null ? '' : `, one of them ${example}`})`;

/** 3: the tables that a statement is about are few, and the names of all are in the notes. */
const mostNamed = 3;

/**
 * By SQLSTATE: which rows it fails on, where no schema could say whether there are any. Nulls, lengths and numbers are the schema's to
 * bound; that values differ, name another row or read as another type is often the application's doing.
 */
const dependences: Readonly<Record<string, string>> = {
  '23505': 'where rows have equal values',
  '23503': 'where a row refers to none that is there',
  '23P01': 'where rows exclude each other',
  '22P02': 'where a text does not read as the new type',
  '22007': 'where a text is no date or time',
  '22008': 'where a date is beyond the new type',
};

/** True where it is the values that decide and not the schema. */
export const dependsOnValues = (sqlState: string | null): boolean => sqlState !== null && sqlState in dependences;

const remedyFor = (sqlState: string | null) => remedies[sqlState ?? ''] ?? anyRemedy;

const namedTables = (tables: readonly TableBehind[]) => tables.slice(0, mostNamed).map(inWords).join(', ');

/** Behind PostgreSQL's own words, of values that decide: which ones, and what would help. `tables` have the rows that were made. */
export const dependsOnRowsInWords = (sqlState: string, tables: readonly TableBehind[]): string =>
  `it depends on the data: it runs without rows, and fails ${dependences[sqlState]}; of the rows made for this rehearsal, in ${namedTables(tables)}, some are so. If yours may be: ${remedyFor(sqlState)}`;

/** Behind PostgreSQL's own words: on which rows it failed, and what would help. `tables` have the rows that were made. */
export const failsWithRowsInWords = (sqlState: string | null, tables: readonly TableBehind[]): string =>
  `it runs without rows and fails on rows made for this rehearsal, in ${namedTables(tables)}; the schema allows such rows. To mend it: ${remedyFor(sqlState)}`;

/** The value of `-- waive: fails-with-rows, <reason>` in a migration's file. */
const waiver = /^[\t ]*--[\t ]*waive:[\t ]*fails-with-rows[\t ]*,[\t ]+(\S.*?)[\t\r ]*$/im;

/** The author's reason why no data has such rows; null where none is given. */
export const waivedBecause = (text: string): string | null => waiver.exec(text)?.[1] ?? null;

export const judgeByValues: string =
  'depends on rows: no failure here; ask your own data before it is applied, or give --strict to count it as one';

export const judgeByData: string =
  'fails with rows: whether your own data ever has such rows is yours to judge; if it never has, say so in the file, above the statement: -- waive: fails-with-rows, <reason>; --rows 0 rehearses without rows';
