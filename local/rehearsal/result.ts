/** What is said of a rehearsed migration. */
import type { RollbackVerdict } from '#domain/catalog/grade';

export type RehearsalVerdict = RollbackVerdict | 'fails' | 'missing';

export type ScriptFailure = {
  /** Null when it was not PostgreSQL that refused. */
  readonly sqlState: string | null;
  readonly file: string;
  /** 1-based; null when it belongs to no line. */
  readonly line: number | null;
  readonly message: string;
};

export type RehearsalError = ScriptFailure & { readonly phase: 'up' | 'down' | 'up again' };

/** With `--json` a line each, as it stands here. */
export type RehearsalResult = {
  readonly migration: string;
  readonly up: 'ok' | 'error';
  /** Null when up failed, so that there was nothing to go back from. */
  readonly rollback: RehearsalVerdict | null;
  /** Between before up and after down, and between after up and after up again: readable entries. */
  readonly differences: readonly string[];
  /** SQL that would put back what differs; empty when nothing does, or when it has to be written by hand. */
  readonly restoringSql: readonly string[];
  /** How many the way forward has. */
  readonly statements: number;
  /** Of everything: copies and snapshots included. */
  readonly durationMs: number;
  readonly error: RehearsalError | null;
  /** What else is worth knowing, a sentence each. */
  readonly notes: readonly string[];
};

const fine: readonly (RehearsalVerdict | null)[] = ['exact', 'harmless', 'irreversible by design'];

export const isFine = ({ up, rollback }: RehearsalResult): boolean => up === 'ok' && fine.includes(rollback);
