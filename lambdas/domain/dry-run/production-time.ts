/** How long a statement takes in production, told from how long it took here: in proportion to rows or bytes, whichever grew more. */
import { estimateMs } from '#domain/locks/estimate';
import { bytesOf, type ProductionStatistics, type ProductionTable } from '#domain/tables/production-statistics';
import type { GradedStatement } from './grade-statements';
import type { Growth } from './growth';

/** 5 ms: a change of the catalog alone takes about as long, so that a shorter time says nothing of the rows. */
const leastMeasurableMs = 5;
/** Fewer rows lie in a page or two. */
const leastRows = 1_000;

export type Timed = Pick<GradedStatement, 'durationMs' | 'growth'>;

/** An estimate lies between the two. */
export type ProductionTime = {
  readonly leastMs: number;
  readonly mostMs: number;
};

/** Why nothing can be said of production. */
export type Unknown = {
  readonly reason: 'no sizes' | 'not in the file' | 'nothing measured';
  readonly growth: readonly Growth[];
};

export const isUnknown = (time: ProductionTime | Unknown): time is Unknown => 'reason' in time;

/** True where the time, or the number of rows, is too small to tell a rate from: what is worked out from it is an upper bound. */
export const isNoise = (durationMs: number, { rowsHere }: Pick<Growth, 'rowsHere'>): boolean =>
  durationMs < leastMeasurableMs || (rowsHere ?? 0) < leastRows;

export const tableIn = (production: ProductionStatistics, table: string): ProductionTable | undefined =>
  production.tables.find((one) => one.table === table);

/** How many times as large the table is there. */
const factorOf = ({ rowsHere, bytesHere }: Growth, there: ProductionTable): number =>
  Math.max(rowsHere === null ? 0 : there.rows / Math.max(1, rowsHere), bytesHere ? bytesOf(there) / bytesHere : 0);

const isMeasured = ({ wasSeen, rowsHere, bytesHere }: Growth) => wasSeen && (rowsHere !== null || Boolean(bytesHere));

/** A table that is read through so often is read anew for each row of something. */
const manyPasses = 5;

type Sized = { readonly growth: Growth; readonly there: ProductionTable };

/** What is read anew for each row of another table, or of its own, grows with both. */
const together = (sized: readonly Sized[]): number => {
  const factors = sized.map(({ growth, there }) => factorOf(growth, there));
  const largest = Math.max(...factors);
  if (!sized.some(({ growth: { passes } }) => passes >= manyPasses)) return largest;
  return sized.length === 1
    ? largest * Math.max(1, largest)
    : factors.reduce((product, factor) => product * Math.max(1, factor), 1);
};

/** `production` is null where no file was given. */
export const timeInProduction = (
  { durationMs, growth = [] }: Timed,
  production: ProductionStatistics | null,
): ProductionTime | Unknown => {
  if (growth.length === 0) return { leastMs: durationMs, mostMs: durationMs };
  if (!production) return { reason: 'no sizes', growth };
  const absent = growth.filter(({ table }) => !tableIn(production, table));
  if (absent.length > 0) return { reason: 'not in the file', growth: absent };
  const sized = growth.flatMap((one) => {
    const there = tableIn(production, one.table);
    // Nobody waits for the rows of a table that has none.
    return there && (there.rows > 0 || there.heapBytes > 0) ? [{ growth: one, there }] : [];
  });
  if (sized.length === 0) return { leastMs: durationMs, mostMs: durationMs };
  const unseen = sized.filter(({ growth }) => !isMeasured(growth)).map((one) => one.growth);
  if (unseen.length > 0) return { reason: 'nothing measured', growth: unseen };
  const mostMs = durationMs * together(sized);
  const isUncertain = sized.some((one) => isNoise(durationMs, one.growth));
  // The usual speed of such work, where what was measured is no measure.
  const usualMs = Math.max(...sized.map(({ growth: { work }, there }) => estimateMs(work, bytesOf(there)) ?? 0));
  return { leastMs: isUncertain ? Math.min(mostMs, usualMs) : mostMs, mostMs };
};
