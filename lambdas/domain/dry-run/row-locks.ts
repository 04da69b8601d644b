/** The locks on rows that a statement of a dry run held until its transaction ended. */
import type { Prediction } from '#domain/locks/prediction';
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
  /** Who locks rows opens the indexes of their table with the table's lock. */
  readonly isIndex?: (relation: string) => boolean;
};

const stopped: Readonly<Record<RowStrength, string>> = {
  'FOR UPDATE': 'writers of these rows',
  'FOR NO KEY UPDATE': 'writers of these rows',
  'FOR SHARE': 'writers of these rows',
  'FOR KEY SHARE': 'whoever deletes these rows or changes their keys',
};

const whoWaits = ({ strength, mayChangeKey }: Locked, referencing: readonly string[]) => {
  const adders = `whoever adds rows to ${referencing.join(', ')} that refer to them`;
  if (referencing.length === 0 || !(strength === 'FOR UPDATE' || mayChangeKey)) return stopped[strength];
  return `${stopped[strength]}, and ${strength === 'FOR UPDATE' ? '' : 'perhaps '}${adders}`;
};

type Locked = Pick<RowLock, 'table' | 'strength' | 'rows'> & {
  /** Nobody can read whether a key was changed: code did it. */
  readonly mayChangeKey?: boolean;
};

/** What was written is locked: a deleted row and a changed key as by FOR UPDATE, anything else as by FOR NO KEY UPDATE. */
const written = ({ tables }: StatementRun, prediction: Prediction | undefined): readonly Locked[] =>
  (tables ?? [])
    .filter(({ updated, deleted }) => updated + deleted > 0)
    .map(({ table, updated, deleted }) => {
      const isOwn = prediction?.locks.some((lock) => lock.table === table && lock.work === 'rows') ?? false;
      const isKeySet = isOwn && prediction?.setsKey === true;
      const strength = deleted > 0 || isKeySet ? 'FOR UPDATE' : 'FOR NO KEY UPDATE';
      return { table, strength, rows: updated + deleted, mayChangeKey: !isOwn } as const;
    });

const asked = ({ rowsAffected }: StatementRun, prediction: Prediction | undefined): readonly Locked[] =>
  (prediction?.asked ?? []).map(({ table, strength, isReturned }) => ({
    table,
    strength,
    rows: isReturned ? rowsAffected : null,
  }));

/** Statements that take a RowShareLock on a table without locking a row of it. */
const lockingNoRow = ['LockStmt', 'AlterTableStmt', 'CreateStmt'];

const writing = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt'];

/**
 * A RowShareLock that the text does not explain: a foreign key that looked up the rows that new ones refer to, or that none
 * refers to those that went; or else code that locks rows, nobody knows how many.
 */
const unexplained = (
  run: StatementRun,
  { prediction, referencing, isIndex = () => false }: RowLockContext,
): readonly Locked[] => {
  const { kind = '', asked: known = [] } = prediction ?? {};
  if (lockingNoRow.includes(kind)) return [];
  const tables = run.tables ?? [];
  const refers = ({ inserted, updated }: TableRows) => inserted + updated > 0;
  const wentFrom = tables.filter(({ updated, deleted }) => updated + deleted > 0).map(({ table }) => table);
  // The rows that refer to it are in a table that the migration makes itself.
  const isOfNew = writing.includes(kind) && !tables.some(refers);
  return run.locks
    .filter(({ relation, mode }) => mode === 'RowShareLock' && !known.some(({ table }) => table === relation))
    .filter(({ relation }) => !isIndex(relation))
    .filter(({ relation }) => !wentFrom.some((table) => referencing(table).includes(relation)))
    .map(({ relation }) => {
      const isLookedUp = isOfNew || tables.some((one) => refers(one) && referencing(relation).includes(one.table));
      return { table: relation, strength: isLookedUp ? 'FOR KEY SHARE' : 'FOR UPDATE', rows: null };
    });
};

/** Without a prediction only what was written is known. */
export const rowLocksOf = (run: StatementRun, context: RowLockContext): readonly RowLock[] => {
  const { startedAtMs: fromMs, heldMs = run.durationMs } = run;
  const { prediction, referencing } = context;
  return [...written(run, prediction), ...asked(run, prediction), ...unexplained(run, context)]
    .filter(({ rows }) => rows !== 0)
    .map((locked) => ({
      table: locked.table,
      strength: locked.strength,
      rows: locked.rows,
      fromMs,
      heldMs,
      blocks: whoWaits(locked, referencing(locked.table)),
    }));
};
