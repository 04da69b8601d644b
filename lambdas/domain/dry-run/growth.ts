/** What the time of a statement grows with: the tables whose rows it rewrites, reads through, indexes, changes or locks. */
import type { TableWork } from '#domain/locks/alter-table-locks';
import { fewRows, isBoundedTo } from '#domain/locks/bounded-rows';
import type { Prediction } from '#domain/locks/prediction';
import type { StatementRun, TableRows } from './measured';
import type { RowLock } from './row-locks';

export type Growth = {
  /** `schema.table`. */
  readonly table: string;
  readonly work: Exclude<TableWork, 'none'>;
  /** Null where they are not known. */
  readonly rowsHere: number | null;
  readonly bytesHere: number | null;
  /** How often the table was read through, 1 for once: more when it is looked through again for other rows. */
  readonly passes: number;
  /** False where the table is empty here: what the text lets expect could not be seen. */
  readonly wasSeen: boolean;
};

export type TableSize = { readonly rows: number | null; readonly bytes: number | null };

export type GrowthContext = {
  readonly prediction?: Prediction | undefined;
  readonly tableOfIndex: (index: string) => string | null;
  /** Before the migration, of the copy that it ran on. */
  readonly sizeOf: (table: string) => TableSize;
};

const weights: Readonly<Record<TableWork, number>> = { none: 0, scan: 1, rows: 2, 'index build': 3, rewrite: 4 };

/** The text bounds the rows, and the bound was not far from what was seen. */
const isBounded = (prediction: Prediction | undefined, table: string, touched: number) =>
  isBoundedTo(prediction?.bounded, table, Math.max(fewRows, 2 * touched));

const rowWork = (run: StatementRun, rowLocks: readonly RowLock[], prediction: Prediction | undefined) =>
  (run.tables ?? []).flatMap(({ table, scanned, updated, deleted }: TableRows) => {
    const changed = updated + deleted;
    const touched = Math.max(changed, ...rowLocks.filter((lock) => lock.table === table).map(({ rows }) => rows ?? 0));
    if (isBounded(prediction, table, touched)) return [];
    const build = prediction?.locks.some((lock) => lock.table === table && lock.work === 'index build');
    return [
      ...(scanned > 0 ? [{ table, work: build ? ('index build' as const) : ('scan' as const), scanned }] : []),
      ...(changed > 0 ? [{ table, work: 'rows' as const, scanned }] : []),
    ];
  });

const lockWork = (rowLocks: readonly RowLock[], prediction: Prediction | undefined) =>
  rowLocks
    .filter(({ table, rows, strength }) => strength !== 'FOR KEY SHARE' && !isBounded(prediction, table, rows ?? 0))
    .map(({ table }) => ({ table, work: 'rows' as const, scanned: 0 }));

type Work = Pick<Growth, 'table' | 'work'> & { readonly scanned: number };

const seenWork = (run: StatementRun, rowLocks: readonly RowLock[], context: GrowthContext): readonly Work[] => [
  ...run.rewritten.map((table) => ({ table, work: 'rewrite' as const, scanned: 0 })),
  ...run.rebuilt.flatMap((index) => {
    const table = context.tableOfIndex(index);
    // TRUNCATE makes the indexes of an empty table, whatever was in it.
    return table === null || run.emptied.includes(table) ? [] : [{ table, work: 'index build' as const, scanned: 0 }];
  }),
  ...rowWork(run, rowLocks, context.prediction),
  ...lockWork(rowLocks, context.prediction),
];

/** One entry per table, with its heaviest work. `rowLocks` are the statement's own. */
export const growthOf = (
  run: StatementRun,
  rowLocks: readonly RowLock[],
  context: GrowthContext,
): readonly Growth[] => {
  const heaviest = new Map<string, Growth>();
  const add = ({ table, work, scanned }: Work, wasSeen: boolean) => {
    const other = heaviest.get(table);
    const { rows: rowsHere, bytes: bytesHere } = context.sizeOf(table);
    const passes = Math.max(1, other?.passes ?? 1, Math.round(scanned / Math.max(1, rowsHere ?? scanned)));
    const kept = other && weights[other.work] > weights[work] ? other.work : work;
    heaviest.set(table, {
      table,
      work: kept,
      rowsHere,
      bytesHere,
      passes,
      wasSeen: wasSeen || (other?.wasSeen ?? false),
    });
  };
  for (const work of seenWork(run, rowLocks, context)) add(work, (context.sizeOf(work.table).rows ?? 1) > 0);
  for (const { table, work } of context.prediction?.locks ?? [])
    if (
      work !== 'none' &&
      !heaviest.has(table) &&
      context.sizeOf(table).rows === 0 &&
      !isBounded(context.prediction, table, 0)
    )
      add({ table, work, scanned: 0 }, false);
  return [...heaviest.values()].sort((one, other) => (one.table < other.table ? -1 : 1));
};
