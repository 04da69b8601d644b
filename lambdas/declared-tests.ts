/** Runs the declared tests of a migration where it is applied: on the branch before anybody approves it, then on the target. */

import { type DeclaredTests, failedBeforeApply, judgeChecks } from '#domain/boxes/10-test-constraints';
import type { Catalog } from '#domain/catalog/catalog';
import type { CheckResult } from '#domain/checks/checks';
import { VerificationFailed } from '#domain/errors';
import type { BoxAnswer } from '#domain/evidence/document';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import type { Notes } from '#lambdas/record/with-evidence';

export type Tested = {
  readonly results: readonly CheckResult[];
  readonly boxes: readonly BoxAnswer[];
  readonly failures: readonly string[];
};

const nothingDeclared: DeclaredTests = { fileName: 'no checks file', tests: [] };

/** Notes what came of each test, and leaves it to the caller what that means. */
export const runDeclaredTests = async (
  { database }: Pick<Ports, 'database'>,
  notes: Notes,
  at: DatabaseAddress,
  {
    checks,
    before,
    after,
  }: { readonly checks: DeclaredTests | null; readonly before: Catalog; readonly after: Catalog },
): Promise<Tested> => {
  const declared = checks ?? nothingDeclared;
  const outcome = await database.runChecks(at, declared.tests);
  notes.fact('tests', outcome.results);
  return { results: outcome.results, ...judgeChecks({ before, after, declared, outcome }) };
};

/** What fails on the branch must not reach the target. Errors: VerificationFailed. */
export const requireRehearsed = (notes: Notes, { boxes, failures }: Tested): void => {
  if (failures.length === 0) return;
  notes.take(failedBeforeApply(boxes));
  throw new VerificationFailed(
    `declared tests failed on the branch: ${failures.join('; ')}; correct the test or the migration, then start a new run`,
  );
};
