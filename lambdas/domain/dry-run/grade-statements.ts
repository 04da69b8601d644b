/** Grades what each statement of a dry run means for those who use the tables: its class, whom it blocks, for how long, how bad that is. */
import { type Blocked, type LockMode, lockModes, longestBlockingMs, whoWaits } from '#domain/locks/lock-modes';
import type { TableStatistics } from '#domain/tables/statistics';
import type { Growth } from './growth';
import type { HeldLock, StatementRun } from './measured';
import type { RowLock } from './row-locks';
import { classOf, type StatementClass } from './statement-class';

/** `none`: nobody waits. `low`: for a second at most. `medium`: longer, on a table that is hardly used. `high`: longer, and requests wait. */
export type Harm = 'none' | 'low' | 'medium' | 'high';
const harms: readonly Harm[] = ['none', 'low', 'medium', 'high'];

/** The strongest lock that a statement took on a table; one on an index of it only where that is stronger still. */
export type TableLock = HeldLock & {
  /** `schema.table`. */
  readonly table: string;
  readonly blocks: Blocked;
  /** Requests that come meanwhile and would wait, at the table's live traffic, a row written counted as one: at most so many. Null where not known. */
  readonly waiting: number | null;
};

export type GradedStatement = Pick<
  StatementRun,
  | 'index'
  | 'line'
  | 'summary'
  | 'startedAtMs'
  | 'durationMs'
  | 'rowsScanned'
  | 'rowsWritten'
  | 'walBytes'
  | 'sizeChangeBytes'
> & {
  readonly class: StatementClass;
  /** By table. */
  readonly locks: readonly TableLock[];
  /** Documents of version 0.2.0 and before have neither. */
  readonly rowLocks?: readonly RowLock[];
  /** What its time grows with; empty for a change of the catalog alone, and for rows whose number the text bounds. */
  readonly growth?: readonly Growth[];
  readonly severity: Harm;
};

export type LockContext = {
  /** The table that an index is on, both `schema.name`; null where it is not known. */
  tableOfIndex(index: string): string | null;
  /** Of the live target: a branch is used by nobody. */
  readonly traffic: readonly TableStatistics[];
  /** Left out: what is locked in rows and what grows is not worked out. */
  readonly rowsOf?: (run: StatementRun) => Required<Pick<GradedStatement, 'rowLocks' | 'growth'>>;
  /** Left out: a second. */
  readonly limitMs?: number;
};

const strengthOf = (mode: string) => lockModes.indexOf(mode as LockMode);

/** True where `held` is still there when `lock` is taken and stops all whom that would stop; a table's lock goes for its indexes too. */
export const isCovering = (held: TableLock, lock: TableLock): boolean =>
  held.table === lock.table &&
  (held.relation === held.table || held.relation === lock.relation) &&
  strengthOf(held.mode) >= strengthOf(lock.mode) &&
  held.fromMs + held.heldMs > lock.fromMs;

const requestsPerSecond = (blocks: Blocked, used: TableStatistics): number => {
  const written = used.rowsWritten / used.countedSeconds;
  if (blocks === 'nobody') return 0;
  return blocks === 'writers' ? written : written + (used.sequentialScans + used.indexScans) / used.countedSeconds;
};

const gradeLock = (lock: HeldLock, table: string, { traffic }: LockContext): TableLock => {
  const blocks = whoWaits(lock.mode);
  const used = traffic.find((one) => one.table === table);
  const waiting = used ? Math.round(requestsPerSecond(blocks, used) * (lock.heldMs / 1000)) : null;
  return { ...lock, table, blocks, waiting };
};

const strongestPerRelation = (locks: readonly HeldLock[]): ReadonlyMap<string, HeldLock> => {
  const strongest = new Map<string, HeldLock>();
  for (const lock of locks) {
    const other = strongest.get(lock.relation);
    if (!other || strengthOf(lock.mode) > strengthOf(other.mode)) strongest.set(lock.relation, lock);
  }
  return strongest;
};

// Whoever reads a table looks at its indexes before, to plan: REINDEX, which locks the table for writers alone, stops readers so.
const strongestPerTable = (locks: readonly HeldLock[], context: LockContext): readonly TableLock[] => {
  const strongest = strongestPerRelation(locks);
  return [...strongest.values()]
    .map((lock) => gradeLock(lock, context.tableOfIndex(lock.relation) ?? lock.relation, context))
    .filter(
      ({ relation, table, mode }) =>
        relation === table || strengthOf(mode) > strengthOf(strongest.get(table)?.mode ?? 'AccessShareLock'),
    )
    .sort((one, other) => strengthOf(other.mode) - strengthOf(one.mode) || (one.relation < other.relation ? -1 : 1));
};

const harmOf = (
  { blocks, heldMs, waiting }: Omit<TableLock, 'relation' | 'mode' | 'table' | 'fromMs'>,
  limitMs: number,
) => {
  if (blocks === 'nobody') return 'none';
  if (heldMs <= limitMs) return 'low';
  return waiting === 0 ? 'medium' : 'high';
};

/** Of one row of a table hardly anybody may want to write: never higher than that somebody waits. */
const harmOfRows = (
  { heldMs, strength, table }: RowLock,
  { traffic, limitMs = longestBlockingMs }: LockContext,
): Harm => {
  if (strength === 'FOR KEY SHARE') return 'none';
  const written = traffic.find((one) => one.table === table)?.rowsWritten;
  return harmOf({ blocks: 'writers', heldMs, waiting: written === 0 ? 0 : null }, limitMs);
};

/** One entry per statement, in their order. */
export const gradeStatements = (
  statements: readonly StatementRun[],
  context: LockContext,
): readonly GradedStatement[] =>
  statements.map((run) => {
    const { index, line, summary, startedAtMs, durationMs, rowsScanned, rowsWritten, walBytes, sizeChangeBytes } = run;
    const locks = strongestPerTable(run.locks, context);
    const rows = context.rowsOf?.(run);
    const harmed = [
      ...locks.map((lock) => harmOf(lock, context.limitMs ?? longestBlockingMs)),
      ...(rows?.rowLocks ?? []).map((lock) => harmOfRows(lock, context)),
    ];
    const worst = Math.max(0, ...harmed.map((harm) => harms.indexOf(harm)));
    return {
      index,
      line,
      summary,
      startedAtMs,
      durationMs,
      rowsScanned,
      rowsWritten,
      walBytes,
      sizeChangeBytes,
      class: classOf(run),
      locks,
      ...rows,
      severity: harms[worst] ?? 'none',
    };
  });
