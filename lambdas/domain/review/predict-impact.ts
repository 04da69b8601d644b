/** What the review expects of each statement, for the dry run to be held against. */
import { boundedRows, setsKey, type UniqueKeys } from '#domain/locks/bounded-rows';
import type { Prediction } from '#domain/locks/prediction';
import { askedRows } from '#domain/locks/row-locks';
import type { ReviewContext } from './context';
import { impactsOf } from './impact';
import { followNames } from './original-names';
import { contextFor, type ImpactSubject } from './subject';

/** Those that are there before the migration: an index that it makes itself was not there for the statements before. */
export const uniqueKeysOf =
  ({ existing }: ReviewContext): UniqueKeys =>
  (table) =>
    (existing.get(table)?.indexes ?? [])
      .filter(({ isUnique, isPartial, isValid, columns }) => isUnique && !isPartial && isValid && columns.length > 0)
      .map(({ columns }) => columns);

/**
 * Predicts the locks of each statement. Tables by the names that they have when the statement's unit begins, as the dry run
 * names them.
 *
 * @example
 * predictImpact({ migration, catalog, statistics })[0]
 * // { index: 0, kind: 'AlterTableStmt', locks: [{ table: 'public.jobs', mode: 'AccessExclusiveLock', work: 'none' }] }
 */
export const predictImpact = (
  subject: Pick<ImpactSubject, 'migration' | 'catalog' | 'statistics' | 'searchPath'>,
): readonly Prediction[] => {
  const context = contextFor({ ...subject, checks: null, ledger: [] });
  const names = followNames(context.migration.statements, context.up.created);
  return impactsOf(context).map(({ statement, unitAt, locks }) => {
    const before = (table: string) => names.original(table, statement.index);
    const atUnit = (table: string) => names.current(table, unitAt);
    const keysOf: UniqueKeys = (table) => uniqueKeysOf(context)(before(table) ?? '');
    const bounded = boundedRows(statement, keysOf);
    const existing = <T extends { readonly table: string }>(one: T): readonly T[] => {
      const table = before(one.table);
      return table === null ? [] : [{ ...one, table: atUnit(table) }];
    };
    return {
      index: statement.index,
      kind: statement.kind,
      locks: locks.map((lock) => ({ ...lock, table: atUnit(lock.table) })),
      asked: askedRows(statement).flatMap(existing),
      bounded: (bounded && existing(bounded)[0]) ?? null,
      setsKey: setsKey(statement, keysOf),
    };
  });
};
