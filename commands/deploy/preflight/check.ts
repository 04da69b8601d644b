/** A check before the deployment: it reads, changes nothing, and returns what is missing and what it could not ask. */
import { isNeonError } from '@neon/sdk';
import { describeFailure, isNamed } from '#adapters/aws/aws-failure';
import { ChecklistError } from '#domain/errors';

export type Check = {
  /** The subject of the check, for the progress line. */
  readonly title: string;
  /** One line for each thing that is missing or wrong, and what to do. Empty is good. Throws what it could not ask. */
  readonly look: () => Promise<readonly string[]>;
};

/** Nothing can be asked at all: the other checks would only repeat it. */
export class NoAccess extends Error {
  override readonly name = 'NoAccess';
}

/** One line each, with its remedy. A thing that could not be asked about is not missing: its state is unknown. */
export type Missing = { readonly missing: readonly string[]; readonly unasked: readonly string[] };

/** True when the service answered that the thing does not exist. */
const saysAbsent = (cause: unknown) =>
  isNamed(cause, 'ResourceNotFoundException') || (isNeonError(cause) && cause.kind === 'not_found');

/**
 * Our own errors name the remedy. Without a cause the error is about the value that was read; with one, the service answered
 * otherwise.
 */
const missingFromError = (title: string, error: unknown): Missing => {
  if (!(error instanceof ChecklistError))
    return { missing: [], unasked: [`${title} cannot be read: ${describeFailure(error)}`] };
  return error.cause === undefined || saysAbsent(error.cause)
    ? { missing: [error.message], unasked: [] }
    : { missing: [], unasked: [error.message] };
};

const findIn = async ({ title, look }: Check): Promise<Missing> => {
  try {
    return { missing: await look(), unasked: [] };
  } catch (error) {
    if (error instanceof NoAccess) throw error;
    return missingFromError(title, error);
  }
};

/** After this long without output the line shows what is running. */
const silenceMs = 1_000;

const sayWhileLooking = async <T>(title: string, say: (line: string) => void, work: () => Promise<T>): Promise<T> => {
  const timer = setTimeout(() => say(`… ${title}`), silenceMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
};

const signOf = ({ missing, unasked }: Missing) => (missing.length > 0 ? '✗' : unasked.length > 0 ? '?' : '✓');

/** Runs all checks and returns what is missing, each thing once; prints a line for each check. */
export const runChecks = async (checks: readonly Check[], say: (line: string) => void): Promise<Missing> => {
  const [missing, unasked] = [new Set<string>(), new Set<string>()];
  for (const [index, check] of checks.entries()) {
    try {
      const found = await sayWhileLooking(check.title, say, () => findIn(check));
      say(`${signOf(found)} ${check.title}`);
      for (const text of found.missing) missing.add(text);
      for (const text of found.unasked) unasked.add(text);
    } catch (error) {
      if (!(error instanceof NoAccess)) throw error;
      say(`? ${check.title}`);
      const later = checks.slice(index + 1).map(({ title }) => `${title}: not asked either`);
      return { missing: [...missing], unasked: [...unasked, error.message, ...later] };
    }
  }
  return { missing: [...missing], unasked: [...unasked] };
};
