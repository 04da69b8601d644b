/** The rows that a rehearsal makes: where they go, and what of them is lost on the way back. */
import { type FilledTable, fillTables } from '#adapters/postgres/rows/fill-tables';
import type { Session } from '#adapters/postgres/session/session';
import { contentsIn } from '#adapters/postgres/table-contents';
import type { Catalog } from '#domain/catalog/catalog';
import { knownReachOf } from '#domain/catalog/known-reach';
import { roundTripLosses } from '#domain/rows/round-trip';
import { catalogRows } from '#domain/rows/shape';
import { inFillOrder, touchedTables, withLeaves } from '#domain/rows/touched-tables';
import { madeTypes } from '#domain/rows/types';
import type { TableContents } from '#domain/tables/contents';

export type RowsRequest = {
  /** How many for each table. */
  readonly count: number;
  readonly catalog: Catalog;
  /** Tables whose rows were made in earlier rehearsals. */
  readonly made: ReadonlySet<number>;
};

export type MadeRows = {
  /** Those of before among them. */
  readonly made: ReadonlySet<number>;
  readonly filled: readonly FilledTable[];
  /** What the tables held before the migration. */
  readonly contents: readonly TableContents[];
};

const beyondReach = (table: string, { triggered }: ReturnType<typeof knownReachOf>) =>
  triggered.get(table.replaceAll('"', ''));

/** What the text, of the way forward and of the way back, touches. */
export const touchedBy = (text: string, catalog: Catalog) => {
  const rows = catalogRows(catalog);
  return { rows, tables: touchedTables(text, catalog, rows) };
};

/** In a session of its own, before the way forward. */
export const makeRowsFor = async (
  session: Session,
  { rows, tables: touched }: ReturnType<typeof touchedBy>,
  { count, catalog, made }: RowsRequest,
): Promise<MadeRows> => {
  const known = knownReachOf(catalog);
  const tables = inFillOrder(touched, rows);
  const kept = tables.flatMap(({ identity }): readonly FilledTable[] => {
    const reaching = beyondReach(identity, known);
    const why = `a row there would reach beyond the copy: ${reaching?.what}`;
    return reaching ? [{ table: identity, oid: 0, rows: 0, example: null, why }] : [];
  });
  const allowed = tables.filter(({ identity }) => !beyondReach(identity, known));
  const filled = await fillTables(session, allowed, madeTypes(catalog), { count, made });
  const contents = await contentsIn(session, new Set(withLeaves(touched, rows)));
  const isMade = new Set([...made, ...filled.filter((table) => table.rows > 0).map(({ oid }) => oid)]);
  return { made: isMade, filled: [...filled, ...kept], contents };
};

/** After up and down, in the session that has gone back. */
export const lossesSince = async (session: Session, contents: readonly TableContents[]): Promise<readonly string[]> => {
  if (contents.length === 0) return [];
  const now = await contentsIn(session, new Set(contents.map(({ table }) => table)));
  return roundTripLosses(contents, now);
};

/** A note for each table that has no rows although the migration touches it. */
export const unfilledInWords = (filled: readonly FilledTable[]): readonly string[] =>
  filled.flatMap(({ table, why }) => (why === null ? [] : [`no rows could be made for ${table}: ${why}`]));
