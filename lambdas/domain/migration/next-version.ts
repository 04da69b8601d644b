/** The version that a new migration of our own form may take. */
import { compareVersions } from './file-name';

/** As `20261130154500`. */
const momentDigits = 14;

/**
 * Higher than every version that was ever used, in digits of the same kind. `at` is ISO 8601.
 *
 * @example
 * nextVersion(['001', '003'], '2026-11-30T15:45:00.000Z') // '004'
 * nextVersion(['20261101000000'], '2026-11-30T15:45:00.000Z') // '20261130154500'
 */
export const nextVersion = (used: readonly string[], at: string): string => {
  const highest = used
    .filter((version) => /^\d+$/.test(version))
    .sort(compareVersions)
    .at(-1);
  if (highest === undefined) return '001';
  const now = at.replace(/\D/g, '').slice(0, momentDigits);
  if (highest.length === momentDigits && compareVersions(now, highest) > 0) return now;
  return String(BigInt(highest) + 1n).padStart(highest.length, '0');
};
