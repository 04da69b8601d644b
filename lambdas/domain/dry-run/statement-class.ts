/** What kind of work a statement turned out to be. */
import type { TableWork } from '#domain/locks/alter-table-locks';
import type { PredictedLock } from '#domain/locks/prediction';
import type { StatementRun } from './measured';

/** From cheap to dear, as far as existing tables are concerned: what is done to objects that the migration makes itself is not counted. */
export const statementClasses = ['metadata only', 'scan', 'data', 'rewrite'] as const;

export type StatementClass = (typeof statementClasses)[number];

/** A rewrite reads and writes every row, so it outranks the rest; an index that is built anew is read from all rows of its table. */
export const classOf = ({
  rewritten,
  emptied,
  rebuilt,
  rowsWritten,
  rowsScanned,
}: Pick<StatementRun, 'rewritten' | 'emptied' | 'rebuilt' | 'rowsWritten' | 'rowsScanned'>): StatementClass => {
  if (rewritten.length > 0) return 'rewrite';
  if (rowsWritten > 0 || emptied.length > 0) return 'data';
  return rowsScanned > 0 || rebuilt.length > 0 ? 'scan' : 'metadata only';
};

const classOfWork: Readonly<Record<TableWork, StatementClass>> = {
  none: 'metadata only',
  scan: 'scan',
  'index build': 'scan',
  rows: 'data',
  rewrite: 'rewrite',
};

/** Statements that change rows whatever is predicted of their cost. */
const changingRows = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'TruncateStmt', 'CopyStmt'];

export const rankOf = (statementClass: StatementClass): number => statementClasses.indexOf(statementClass);

/** `kind` is the syntax tree's word for the statement. */
export const predictedClass = (kind: string, locks: readonly Pick<PredictedLock, 'mode' | 'work'>[]): StatementClass =>
  locks
    .map(({ work }) => classOfWork[work])
    .reduce<StatementClass>(
      (heaviest, one) => (rankOf(one) > rankOf(heaviest) ? one : heaviest),
      // What is only read is not changed.
      changingRows.includes(kind) && locks.some(({ mode }) => mode !== 'AccessShareLock') ? 'data' : 'metadata only',
    );
