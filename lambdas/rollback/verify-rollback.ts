/** Verifies that the target's catalog after the rollback equals the catalog before the migration. */
import { verifyRollback, wayBackOfTarget } from '#domain/boxes/08-apply-migration';
import { outcomeIn } from '#domain/boxes/outcome-of-apply';
import type { Catalog } from '#domain/catalog/catalog';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readKept, writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { leftOutIn } from '#lambdas/record/left-out';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { StepOutput } from '#statemachine/contract';
import type { VerifyRollbackInput } from '#statemachine/rollback-contract';

const state = { name: 'verify-rollback', title: 'Verify rollback', judges: verifyRollback } as const;

export const run = (input: VerifyRollbackInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, state, input, async (facts, earlier) => {
    const { store, database } = ports;
    const { runId } = input.run;
    facts.put('answerBefore', outcomeIn(earlier));
    const recorded = input.rehearsal.catalogBefore;
    if (!recorded)
      throw new VerificationFailed(
        'no run has recorded the schema from before the migration, so the one after the rollback could not be compared with it',
      );
    const before = await facts.keep('catalogBefore', () => readKept<Catalog>(store, recorded));
    const after = await facts.keep('catalogAfterRollback', async () =>
      writeKept(
        store,
        artifactKeys(runId).catalog('after-rollback'),
        await database.readCatalog({ branchId: 'target' }),
      ),
    );
    const leftOut = leftOutIn(earlier);
    facts.put('leftOut', leftOut);
    const way = wayBackOfTarget({ catalogBefore: before, catalogAfterRollback: after, leftOut });
    if (way.verdict === 'differs')
      throw new VerificationFailed(
        `the schema after the rollback differs from the one before the migration: ${way.differences.slice(0, 5).join('; ')}`,
      );
    return {};
  });
