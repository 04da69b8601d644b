/** What tables hold, as far as it decides whether rows are made for them. */
import pg from 'pg';
import type { TableShape } from '#domain/rows/shape';
import type { Session } from '../session/session';

export type TableState = {
  readonly oid: number;
  readonly isEmpty: boolean;
};

/** In the order of the tables. */
export const readTableStates = async (
  session: Session,
  tables: readonly TableShape[],
): Promise<readonly TableState[]> => {
  if (tables.length === 0) return [];
  const parts = tables.map(
    ({ identity }, at) =>
      `SELECT ${at} AS at, ${pg.escapeLiteral(identity)}::pg_catalog.regclass::pg_catalog.oid AS oid, NOT EXISTS (SELECT FROM ${identity}) AS "isEmpty"`,
  );
  const { rows } = await session.query<TableState & { readonly at: number }>(`${parts.join(' UNION ALL ')} ORDER BY 1`);
  return rows.map(({ oid, isEmpty }) => ({ oid: Number(oid), isEmpty }));
};

export type FilledColumns = {
  readonly rows: number;
  /** Columns without a value in any row. */
  readonly untouched: readonly string[];
  /** Columns with a value in every row. */
  readonly full: readonly string[];
};

/** Of a table whose rows were made here: they are few. */
export const readFilledColumns = async (
  session: Session,
  { identity, columns }: TableShape,
): Promise<FilledColumns> => {
  const counts = columns.map(({ written }, at) => `pg_catalog.count(${written})::int AS "${at}"`);
  const { rows } = await session.query<Record<string, number>>(
    `SELECT ${['pg_catalog.count(*)::int AS rows', ...counts].join(', ')} FROM ${identity}`,
  );
  const total = rows[0]?.['rows'] ?? 0;
  const having = (number: number) =>
    columns.filter((_, at) => rows[0]?.[String(at)] === number).map(({ name }) => name);
  return { rows: total, untouched: having(0), full: having(total) };
};
