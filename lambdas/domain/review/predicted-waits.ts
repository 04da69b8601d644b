/** Who is expected to wait for a migration, and what the time grows with: told before anything ran. */
import { timeInWords } from '#domain/dry-run/waits';
import type { TableWork } from '#domain/locks/alter-table-locks';
import { boundedRows, isBoundedTo } from '#domain/locks/bounded-rows';
import { blockedBy } from '#domain/locks/lock-modes';
import type { PredictedLock } from '#domain/locks/prediction';
import { askedRows } from '#domain/locks/row-locks';
import type { ReviewContext } from './context';
import { impactsOf, type StatementImpact } from './impact';
import { uniqueKeysOf } from './predict-impact';

export type PredictedWait = {
  readonly line: number;
  readonly table: string;
  readonly blocks: string;
  readonly work: TableWork;
  /** Null when not known. */
  readonly heldMs: number | null;
  /** Tables whose size the time depends on, from this statement to its commit. */
  readonly growsWith: readonly string[];
};

/** Tables that a statement works on; a number of rows that its text bounds does not grow. */
export const growsWith = (context: ReviewContext, impact: StatementImpact): readonly string[] => {
  const bounded = boundedRows(impact.statement, uniqueKeysOf(context));
  return impact.locks
    .filter(({ work, table }) => work !== 'none' && !isBoundedTo(bounded, table))
    .map(({ table }) => table);
};

const blocksOf = ({ statement }: StatementImpact, { table, mode, work }: PredictedLock): string | null => {
  if (blockedBy[mode] !== 'nobody') return blockedBy[mode];
  const isAsked = askedRows(statement).some((one) => one.table === table && one.strength !== 'FOR KEY SHARE');
  return work === 'rows' || isAsked ? 'writers of these rows' : null;
};

export const predictedWaits = (context: ReviewContext): readonly PredictedWait[] => {
  const impacts = impactsOf(context);
  return impacts.flatMap((impact, at) => {
    const unit = impacts.slice(at).filter(({ unitAt }) => unitAt === impact.unitAt);
    const grown = [...new Set(unit.flatMap((one) => growsWith(context, one)))];
    return impact.locks.flatMap((lock) => {
      const blocks = blocksOf(impact, lock);
      const { table, work } = lock;
      return blocks === null
        ? []
        : [{ line: impact.statement.line, table, blocks, work, heldMs: impact.heldMs, growsWith: grown }];
    });
  });
};

const workInWords: Readonly<Record<TableWork, string>> = {
  none: 'a lock on',
  scan: 'reading all rows of',
  'index build': 'building an index on',
  rows: 'changing or locking rows of',
  rewrite: 'writing all rows anew of',
};

/** `line 3, writing all rows anew of public.orders, stops readers and writers for about 95 s`. */
export const waitInWords = ({ line, table, blocks, work, heldMs }: PredictedWait): string =>
  `line ${line}, ${workInWords[work]} ${table}, stops ${blocks} for ${heldMs === null ? 'an unknown time' : `about ${timeInWords(heldMs)}`}`;

/** The tables of which production's size is not known; all of them without a file. */
export const unsized = ({ production }: ReviewContext, tables: readonly string[]): readonly string[] =>
  production === undefined ? [] : tables.filter((table) => !production?.tables.some((one) => one.table === table));
