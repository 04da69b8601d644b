/** What a check before the deployment is: it looks, changes nothing, and says every problem with its remedy. */
import { describeFailure } from '../../lambdas/adapters/aws/aws-failure';
import { ChecklistError } from '../../lambdas/domain/errors';

export type Check = {
  /** What is looked at, for the progress line. */
  readonly title: string;
  /** One line for each problem: what is wrong, and what to do. Empty is good. */
  readonly look: () => Promise<readonly string[]>;
};

/** Nothing can be asked at all: the other checks would only repeat it. */
export class NoAccess extends Error {
  override readonly name = 'NoAccess';
}

/** What a check itself stumbles over is a problem too. Our own errors name the remedy. */
const problemsOf = async ({ title, look }: Check): Promise<readonly string[]> => {
  try {
    return await look();
  } catch (error) {
    if (error instanceof NoAccess) throw error;
    if (error instanceof ChecklistError) return [error.message];
    return [`${title} cannot be looked at: ${describeFailure(error)}`];
  }
};

/** Nobody should wonder for longer than this whether anything happens. */
const silenceMs = 1_000;

const tellWhileLooking = async <T>(title: string, say: (line: string) => void, work: () => Promise<T>): Promise<T> => {
  const timer = setTimeout(() => say(`… ${title}`), silenceMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
};

/** All problems of all checks, each once; a line of progress for each check. */
export const runChecks = async (checks: readonly Check[], say: (line: string) => void): Promise<readonly string[]> => {
  const problems = new Set<string>();
  for (const check of checks) {
    try {
      const found = await tellWhileLooking(check.title, say, () => problemsOf(check));
      say(`${found.length === 0 ? '✓' : '✗'} ${check.title}`);
      for (const problem of found) problems.add(problem);
    } catch (error) {
      if (!(error instanceof NoAccess)) throw error;
      say(`✗ ${check.title}`);
      return [error.message];
    }
  }
  return [...problems];
};
