/** How much the tables are used now. */
import type { TableStatistics } from './statistics';

export type StatisticsReading = {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly statistics: readonly TableStatistics[];
};

/** 60 s: over less, one request more or fewer would make another rate. */
const leastSeconds = 60;

const counters = ['sequentialScans', 'indexScans', 'rowsWritten'] as const;

const since = (now: TableStatistics, before: TableStatistics | undefined, seconds: number): TableStatistics => {
  // Without it the table is new; with less counted, counting was begun anew.
  if (!before || counters.some((counter) => now[counter] < before[counter])) return now;
  const counted = Object.fromEntries(counters.map((counter) => [counter, now[counter] - before[counter]]));
  return { ...now, ...counted, countedSeconds: seconds };
};

/**
 * What was counted between two readings: since counting began there may have been a load of rows, or a year without a user. The
 * later reading's own figures where there is no earlier one, or one of just now.
 *
 * @example
 * trafficBetween(atReview, atDryRun)[0] // { table: 'public.jobs', indexScans: 120, countedSeconds: 3600, … }
 */
export const trafficBetween = (
  earlier: StatisticsReading | null,
  { takenAt, statistics }: StatisticsReading,
): readonly TableStatistics[] => {
  const seconds = earlier ? (Date.parse(takenAt) - Date.parse(earlier.takenAt)) / 1000 : 0;
  if (!earlier || seconds < leastSeconds) return statistics;
  const before = new Map(earlier.statistics.map((one) => [one.table, one]));
  return statistics.map((one) => since(one, before.get(one.table), seconds));
};
