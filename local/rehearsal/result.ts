/** The result of a rehearsed migration. */
import type { RollbackVerdict } from '#domain/catalog/grade';

export type RehearsalVerdict = RollbackVerdict | 'fails' | 'fails with rows' | 'depends on rows' | 'missing';

export type ScriptFailure = {
  /** Null when the error did not come from PostgreSQL. */
  readonly sqlState: string | null;
  readonly file: string;
  /** 1-based; null when it belongs to no line. */
  readonly line: number | null;
  readonly message: string;
};

export type RehearsalError = ScriptFailure & { readonly phase: 'up' | 'down' | 'up again' };

/** A way back that was written from the catalogs and run on the copy. */
export type WayBackOffer = {
  /** What it leads to: it is offered where that is exact, or differs harmlessly. */
  readonly verdict: RollbackVerdict | 'fails';
  /** In order, without semicolons. */
  readonly sql: readonly string[];
  /** What cannot come back, and what goes: a sentence each. */
  readonly losses: readonly string[];
  /** What differs from before after it ran. */
  readonly differences: readonly string[];
  /** Why it does not lead back, a sentence each. */
  readonly reasons: readonly string[];
};

/** With `--json` one line each, with exactly these fields. */
export type RehearsalResult = {
  readonly migration: string;
  /**
   * `fails with rows`: it runs on empty tables, and not on rows that were made for the rehearsal and that the schema allows;
   * `depends on rows`: so it is, and no schema could say whether such rows are there: equal values, references, texts to be cast.
   */
  readonly up: 'ok' | 'error' | 'fails with rows' | 'depends on rows';
  /** Null when up failed, so that there was nothing to roll back. */
  readonly rollback: RehearsalVerdict | null;
  /** Between before up and after down, and between after up and after up again: readable entries. */
  readonly differences: readonly string[];
  /** What the tables of before hold otherwise after up and down, a clause each. */
  readonly losses: readonly string[];
  /** SQL that would restore what differs; empty when nothing does, or when it has to be written by hand. */
  readonly restoringSql: readonly string[];
  /** Where the rollback is missing; null otherwise, and where up failed. */
  readonly wayBack: WayBackOffer | null;
  /** The number of statements in up. */
  readonly statements: number;
  /** The whole rehearsal, with copies and snapshots. */
  readonly durationMs: number;
  readonly error: RehearsalError | null;
  /** Further remarks, one sentence each. */
  readonly notes: readonly string[];
};

const fine: readonly (RehearsalVerdict | null)[] = ['exact', 'harmless', 'irreversible by design'];

/** True where the values of the rows decide whether it goes up, or back. */
export const dependsOnRows = ({ up, rollback }: RehearsalResult): boolean =>
  up === 'depends on rows' || rollback === 'depends on rows';

/** With `allowsMissing` a migration without a rollback is fine as well; with `isStrict` one that depends on the data is not. */
export const isFine = (
  { up, rollback }: RehearsalResult,
  { allowsMissing = false, isStrict = false } = {},
): boolean => {
  const isAllowed = (one: string | null) => one === 'depends on rows' && !isStrict;
  return (
    (up === 'ok' || isAllowed(up)) &&
    (fine.includes(rollback) || isAllowed(rollback) || (allowsMissing && rollback === 'missing'))
  );
};

/** True where the way back that was written leads back, so that it may be taken as it is. */
export const leadsBack = ({ verdict, sql }: WayBackOffer): boolean =>
  sql.length > 0 && (verdict === 'exact' || verdict === 'harmless');
