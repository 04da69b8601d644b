/** What of a migration is committed together: the places at which it can be left and taken up again. */
import type { Node } from 'libpg-query';
import { type OutsideTransaction, outsideTransaction } from '#domain/sql/outside-transaction';
import { nodeOf } from '#domain/sql/syntax';
import type { SqlStatement } from './migration';

/** Consecutive entries that are one transaction, or a single one that runs outside of any. */
export type Stretch<T> = { readonly entries: readonly T[]; readonly outside: OutsideTransaction | null };

/** In their order; one stretch when all can be in one transaction. */
export const splitIntoStretches = <T>(
  entries: readonly T[],
  outsideOf: (entry: T) => OutsideTransaction | null,
): readonly Stretch<T>[] => {
  const stretches: Stretch<T>[] = [];
  for (const entry of entries) {
    const outside = outsideOf(entry);
    const last = stretches.at(-1);
    if (outside || !last || last.outside) stretches.push({ entries: [entry], outside });
    else stretches[stretches.length - 1] = { entries: [...last.entries, entry], outside: null };
  }
  return stretches;
};

export type Unit = {
  /** Counts from 0. */
  readonly index: number;
  /** What the file has SET for the session before. Repeated, because each unit has a session of its own. */
  readonly settings: readonly SqlStatement[];
  /** Of a unit outside a transaction the last one is that statement; only settings stand before it. */
  readonly statements: readonly SqlStatement[];
  /** Null when the unit is one transaction. */
  readonly outside: OutsideTransaction | null;
};

/** SET and RESET for the session; what holds for one transaction ends with its unit. */
const isSetting = ({ node }: SqlStatement): boolean => {
  const set = nodeOf(node, 'VariableSetStmt');
  return set !== undefined && !set.is_local && !set.name?.startsWith('TRANSACTION');
};

/**
 * Splits a migration into what is committed together. An ordinary migration is one unit. Settings alone are none: they change
 * nothing that would have to be undone, and stand at the head of the unit behind them. ALTER TYPE … ADD VALUE ends no unit (see
 * docs/decisions.md).
 *
 * @example
 * // ALTER TABLE jobs ADD COLUMN note text; CREATE INDEX CONCURRENTLY jobs_note_idx ON jobs (note);
 * splitIntoUnits(statements).map(({ outside }) => outside?.name) // [undefined, 'CREATE INDEX CONCURRENTLY']
 */
export const splitIntoUnits = (statements: readonly SqlStatement[]): readonly Unit[] => {
  const units: Unit[] = [];
  let settings: readonly SqlStatement[] = [];
  let ahead: readonly SqlStatement[] = [];
  const stretches = splitIntoStretches(statements, ({ node }) => outsideTransaction(node as Node));
  for (const [position, { entries, outside }] of stretches.entries()) {
    const own = [...ahead, ...entries];
    ahead = !outside && entries.every(isSetting) && position < stretches.length - 1 ? own : [];
    if (ahead.length > 0) continue;
    units.push({ index: units.length, settings, statements: own, outside });
    settings = [...settings, ...own.filter(isSetting)];
  }
  return units;
};

const lines = ({ statements }: Unit) => {
  const [first, last] = [statements[0]?.line ?? 1, statements.at(-1)?.line ?? 1];
  return first === last ? `line ${first}` : `lines ${first}–${last}`;
};

/** For people: `1 of 3 (lines 2–9, one transaction)`. */
export const unitInWords = (unit: Unit, count: number): string =>
  `${unit.index + 1} of ${count} (${lines(unit)}, ${unit.outside?.name ?? 'one transaction'})`;

/** Each unit of a migration as `unitInWords` says it; one for an ordinary migration. */
export const unitsInWords = (statements: readonly SqlStatement[]): readonly string[] => {
  const units = splitIntoUnits(statements);
  return units.map((unit) => unitInWords(unit, units.length));
};
