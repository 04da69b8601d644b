/** Options that every command has that rehearses. */
import { UsageError } from './exit-codes';

/** 20: enough for nulls, equal values and the ends of a type. */
export const usualRows = '20';

/** 1,000: whoever wants to see how long rows take needs more than a rehearsal's. */
const mostRows = 1_000;

/** Errors: UsageError. */
export const parseRows = (text: string): number => {
  const rows = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (rows <= mostRows) return rows;
  throw new UsageError(`--rows is "${text}"; expected a number from 0, for none, to ${mostRows}`);
};

/** `--extension a,b`, repeatable. Errors: UsageError. */
export const parseExtensions = (texts: readonly string[]): readonly string[] => {
  const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
  if (names.includes(''))
    throw new UsageError(`--extension is "${texts.join(',')}"; expected names, such as pg_trgm,citext`);
  return names;
};
