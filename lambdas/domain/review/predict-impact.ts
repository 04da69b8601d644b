/** What the review expects of each statement, for the dry run to be held against. */
import type { Prediction } from '#domain/locks/predict-locks';
import { impactsOf } from './impact';
import { followNames } from './original-names';
import { contextFor, type ImpactSubject } from './subject';

/**
 * Predicts the locks of each statement. Tables by the names that they have when the statement's unit begins, as the dry run
 * names them.
 *
 * @example
 * predictImpact({ migration, catalog, statistics })[0]
 * // { index: 0, kind: 'AlterTableStmt', locks: [{ table: 'public.jobs', mode: 'AccessExclusiveLock', work: 'none' }] }
 */
export const predictImpact = (
  subject: Pick<ImpactSubject, 'migration' | 'catalog' | 'statistics'>,
): readonly Prediction[] => {
  const context = contextFor({ ...subject, checks: null, ledger: [] });
  const names = followNames(context.migration.statements, context.changes.tables);
  return impactsOf(context).map(({ statement, unitAt, locks }) => ({
    index: statement.index,
    kind: statement.kind,
    locks: locks.map((lock) => ({ ...lock, table: names.current(lock.table, unitAt) })),
  }));
};
