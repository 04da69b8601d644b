/** The locks on rows that a statement of a dry run held until its transaction ended. */
import type { Prediction } from '#domain/locks/predict-locks';
import { isUnseenCode } from '#domain/locks/predict-locks';
import type { RowStrength } from '#domain/locks/row-locks';
import type { StatementRun, TableRows } from './measured';

export type RowLock = {
  /** `schema.table`. */
  readonly table: string;
  readonly strength: RowStrength;
  /** Null where they could not be counted. */
  readonly rows: number | null;
  readonly fromMs: number;
  readonly heldMs: number;
  /** Who waits for one of these rows. Readers never do. */
  readonly blocks: string;
};

export type RowLockContext = {
  readonly prediction?: Prediction | undefined;
  /** Tables with a foreign key to that one, `schema.table`. */
  readonly referencing: (table: string) => readonly string[];
};

const stopped: Readonly<Record<RowStrength, string>> = {
  'FOR UPDATE': 'writers of these rows',
  'FOR NO KEY UPDATE': 'writers of these rows',
  'FOR SHARE': 'writers of these rows',
  'FOR KEY SHARE': 'whoever deletes these rows or changes their keys',
};

const whoWaits = (strength: RowStrength, referencing: readonly string[]) =>
  strength === 'FOR UPDATE' && referencing.length > 0
    ? `${stopped[strength]}, and whoever adds rows to ${referencing.join(', ')} that refer to them`
    : stopped[strength];

type Locked = Pick<RowLock, 'table' | 'strength' | 'rows'>;

/** What was written is locked: a deleted row and a changed key as by FOR UPDATE, anything else as by FOR NO KEY UPDATE. */
const written = ({ tables }: StatementRun, prediction: Prediction | undefined): readonly Locked[] =>
  (tables ?? [])
    .filter(({ updated, deleted }) => updated + deleted > 0)
    .map(({ table, updated, deleted }) => {
      // What code sets cannot be read: a key, perhaps.
      const mayChangeKey = prediction?.setsKey ?? isUnseenCode(prediction?.kind ?? '');
      const strength = deleted > 0 || mayChangeKey ? 'FOR UPDATE' : 'FOR NO KEY UPDATE';
      return { table, strength, rows: updated + deleted };
    });

const asked = ({ rowsAffected }: StatementRun, prediction: Prediction | undefined): readonly Locked[] =>
  (prediction?.asked ?? []).map(({ table, strength, isReturned }) => ({
    table,
    strength,
    rows: isReturned ? rowsAffected : null,
  }));

/** Statements that take a RowShareLock on a table without locking a row of it. */
const lockingNoRow = ['LockStmt', 'AlterTableStmt', 'CreateStmt'];

/**
 * A RowShareLock that the text does not explain: a foreign key that looked its rows up, when rows were written that refer to the
 * table, or else code that locks rows, nobody knows how many.
 */
const unexplained = (run: StatementRun, { prediction, referencing }: RowLockContext): readonly Locked[] => {
  if (lockingNoRow.includes(prediction?.kind ?? '')) return [];
  const hasWritten = (table: string) =>
    (run.tables ?? []).some((one: TableRows) => one.table === table && one.inserted + one.updated > 0);
  return run.locks
    .filter(
      ({ relation, mode }) => mode === 'RowShareLock' && !prediction?.asked?.some(({ table }) => table === relation),
    )
    .map(({ relation }) => ({
      table: relation,
      strength: referencing(relation).some(hasWritten) ? 'FOR KEY SHARE' : 'FOR UPDATE',
      rows: null,
    }));
};

/** Without a prediction only what was written is known. */
export const rowLocksOf = (run: StatementRun, context: RowLockContext): readonly RowLock[] => {
  const { startedAtMs: fromMs, heldMs = run.durationMs } = run;
  const { prediction, referencing } = context;
  return [...written(run, prediction), ...asked(run, prediction), ...unexplained(run, context)]
    .filter(({ rows }) => rows !== 0)
    .map((locked) => ({ ...locked, fromMs, heldMs, blocks: whoWaits(locked.strength, referencing(locked.table)) }));
};
