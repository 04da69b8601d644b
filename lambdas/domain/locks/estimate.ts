/** How long work on a table takes, guessed from its size: good for an order of magnitude until the dry run measures. */
import type { TableWork } from './alter-table-locks';

/** A change of the catalog alone, network included. */
const catalogMs = 5;

// MB a second, assumed low: a small cloud machine reads from the network, not from memory. The dry run replaces the guess.
const megabytesPerSecond: Readonly<Record<Exclude<TableWork, 'none'>, number>> = {
  scan: 100,
  rows: 10,
  'index build': 20,
  rewrite: 20,
};

const bytesPerMegabyte = 1024 * 1024;

/**
 * Estimates the milliseconds of work on a table; null when the table's size is not known and the work depends on it.
 *
 * @example
 * estimateMs('rewrite', 200 * 1024 * 1024) // 10005
 * estimateMs('scan', null) // null
 */
export const estimateMs = (work: TableWork, sizeBytes: number | null): number | null => {
  if (work === 'none') return catalogMs;
  if (sizeBytes === null) return null;
  return catalogMs + Math.round((sizeBytes / bytesPerMegabyte / megabytesPerSecond[work]) * 1000);
};
