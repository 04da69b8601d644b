/** `--rows` of the commands that rehearse. */
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
