/** Fills the tables that a migration touches and that hold no row, so that it is tried on rows. */
import type { TableShape } from '#domain/rows/shape';
import type { MadeTypes } from '#domain/rows/types';
import { isLostSession, type Session } from '../session/session';
import { serverWordsOfMadeRows } from '../session/statement-failure';
import { commit, inTransaction } from '../session/transaction';
import { type Filling, type FillRequest, fillTable } from './fill-table';
import { readFilledColumns, readTableStates } from './table-states';

export type FilledTable = Filling & { readonly table: string; readonly oid: number };

/** 5 s: a trigger that takes longer for twenty rows is told as one that lets none in. */
const limits = { lockTimeoutMs: 5_000, statementTimeoutMs: 5_000 };

/** So many times the rows that were asked for, and no more, come together where a column never gets a value. */
const mostTimes = 5;

type Request = {
  readonly count: number;
  /** Tables whose rows were made here. */
  readonly made: ReadonlySet<number>;
};

/** Null: the table keeps what it has. Rows of the migrations' own, or of the database, are the true ones. */
const requestFor = async (
  session: Session,
  shape: TableShape,
  { oid, isEmpty }: { readonly oid: number; readonly isEmpty: boolean },
  { count, made }: Request,
): Promise<FillRequest | null> => {
  if (isEmpty) return { count, start: 0, without: new Set() };
  if (!made.has(oid)) return null;
  const { rows, untouched, full } = await readFilledColumns(session, shape);
  const lacking = shape.columns.some(({ name, isGiven }) => !isGiven && untouched.includes(name));
  // What a migration has filled in every row stays filled: the next one may count on it.
  return lacking && rows < mostTimes * count ? { count, start: rows, without: new Set(full) } : null;
};

const refersToItself = ({ foreignKeys, identity }: TableShape) => foreignKeys.some(({ parent }) => parent === identity);

/** The tables in an order in which parents come first; those that keep their rows are not in the answer. */
export const fillTables = async (
  session: Session,
  tables: readonly TableShape[],
  types: MadeTypes,
  request: Request,
): Promise<readonly FilledTable[]> => {
  const states = await readTableStates(session, tables);
  const filled: FilledTable[] = [];
  try {
    await inTransaction(session, { limits, end: commit }, async () => {
      for (const [at, shape] of tables.entries()) {
        const state = states[at];
        const wanted = state && (await requestFor(session, shape, state, request));
        if (!state || !wanted) continue;
        const first = await fillTable(session, shape, types, wanted);
        // It has rows already: that no further ones were taken is no news.
        if (wanted.start > 0 && first.rows === 0) continue;
        // Only now there are rows to refer to.
        const second =
          first.rows > 0 && refersToItself(shape)
            ? await fillTable(session, shape, types, { ...wanted, start: wanted.start + first.rows })
            : null;
        filled.push({ ...first, rows: first.rows + (second?.rows ?? 0), table: shape.identity, oid: state.oid });
      }
    });
  } catch (error) {
    if (isLostSession(error) || !(error instanceof Error)) throw error;
    return tables.map(({ identity }, at) => ({
      table: identity,
      oid: states[at]?.oid ?? 0,
      rows: 0,
      example: null,
      why: `the rows cannot be committed: ${serverWordsOfMadeRows(error)}`,
    }));
  }
  return filled;
};
