/** When the bytes of a backup may go. Its manifest stays, with the hash of each file, so that it is known what was there. */
import { count } from '#domain/count';

/** What lies beside the manifest from then on; written before the first byte goes. */
export type Expiry = {
  readonly format: 1;
  /** ISO 8601, as all times here. */
  readonly expiredAt: string;
  /** As the manifest says it. */
  readonly madeAt: string;
  readonly keepDays: number;
  /** Of the manifest. */
  readonly sha256: string;
  /** The run whose newer backup of the same target was restored and compared before. */
  readonly newer: string;
};

const dayMs = 24 * 3_600_000;

/** When a backup may go at the earliest, as milliseconds. */
const earliest = (madeAt: string, keepDays: number): number => Date.parse(madeAt) + keepDays * dayMs;

/** False for a time that is none. */
export const isDue = (madeAt: string, keepDays: number, now: Date): boolean =>
  earliest(madeAt, keepDays) <= now.getTime();

const parse = (text: string): Partial<Expiry> | null => {
  try {
    return JSON.parse(text) as Partial<Expiry> | null;
  } catch {
    return null;
  }
};

/** Null for bytes that are none. */
export const parseExpiry = (text: string): Expiry | null => {
  const value = parse(text);
  const { format, expiredAt, madeAt, keepDays, sha256, newer } = value ?? {};
  const isOne =
    format === 1 &&
    [expiredAt, madeAt].every((time) => typeof time === 'string' && !Number.isNaN(Date.parse(time))) &&
    Number.isSafeInteger(keepDays) &&
    [sha256, newer].every((name) => typeof name === 'string');
  return isOne ? (value as Expiry) : null;
};

/** `expired as planned on 2026-11-30: kept for 90 days, and run … has a newer one`. */
export const expiryInWords = ({ expiredAt, keepDays, newer }: Expiry): string =>
  `expired as planned on ${expiredAt.slice(0, 10)}: it was kept for ${count(keepDays, 'day')} at least, and run ${newer} has a newer one`;

/** Why an expiry is not the planned one, as a clause; null when it is. `promisedDays` are those that the backup's own run has said. */
export const expiryFault = (
  { expiredAt, madeAt, keepDays, sha256 }: Expiry,
  of: { readonly madeAt: string; readonly sha256: string; readonly promisedDays: number },
): string | null => {
  if (sha256 !== of.sha256 || madeAt !== of.madeAt) return 'it speaks of another backup';
  const most = Math.max(keepDays, of.promisedDays);
  return isDue(madeAt, most, new Date(expiredAt))
    ? null
    : `it expired on ${expiredAt}, and was to be kept for ${count(most, 'day')} from ${madeAt} on`;
};
