/** How far a backup or a restore has come, as a person wants to read it. */
import { grouped } from '#domain/count';

/** What has happened since the last one; the total once it is known. */
export type Progress = { readonly bytes: number; readonly rows: number; readonly totalBytes?: number };

export type Reached = { readonly bytes: number; readonly rows: number; readonly totalBytes: number | null };

export const addProgress = (reached: Reached, { bytes, rows, totalBytes }: Progress): Reached => ({
  bytes: reached.bytes + bytes,
  rows: reached.rows + rows,
  totalBytes: totalBytes ?? reached.totalBytes,
});

/** `0.4 kB`, `12 MB`, `3.2 GB`. */
export const sizeInWords = (bytes: number): string => {
  const [unit, divisor] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  const value = bytes / divisor;
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} ${unit}`;
};

const timeInWords = (seconds: number) =>
  seconds < 90
    ? `${Math.ceil(seconds)} s`
    : seconds < 5_400
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3_600).toFixed(1)} h`;

/**
 * @example
 * progressInWords({ bytes: 5e8, rows: 2_000_000, totalBytes: 1e9 }, 10_000) // '500 MB of about 1.0 GB, 2,000,000 rows, 50 MB/s, about 10 s left'
 */
export const progressInWords = ({ bytes, rows, totalBytes }: Reached, elapsedMs: number): string => {
  const rate = elapsedMs > 0 ? (bytes * 1_000) / elapsedMs : 0;
  const left = totalBytes === null || rate === 0 ? null : Math.max(0, totalBytes - bytes) / rate;
  return [
    totalBytes === null ? sizeInWords(bytes) : `${sizeInWords(bytes)} of about ${sizeInWords(totalBytes)}`,
    `${grouped(rows)} rows`,
    `${sizeInWords(rate)}/s`,
    ...(left === null ? [] : [`about ${timeInWords(left)} left`]),
  ].join(', ');
};
