import { testConstraints } from '#domain/boxes/10-test-constraints';
import { failuresOf } from '#domain/boxes/declared-tests';
import type { Catalog } from '#domain/catalog/catalog';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { keepOnce, readKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { putChecks, readPinnedFiles } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { RehearsalInput, StepOutput } from '#statemachine/contract';

export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 10, testConstraints, input, async (facts) => {
    const { catalogBefore, catalogAfter } = input.rehearsal;
    const { checks } = await readPinnedFiles(ports.store, input.run);
    putChecks(facts, checks);
    await facts.keep('catalogBefore', () => readKept<Catalog>(ports.store, catalogBefore));
    // What was not rehearsed is on the target only, where Step 9 has read it.
    const applied = artifactKeys(input.run.runId).catalog('applied');
    await facts.keep('catalogAfter', () =>
      catalogAfter === null
        ? keepOnce(ports.store, applied, () => ports.database.readCatalog({ branchId: 'target' }))
        : readKept<Catalog>(ports.store, catalogAfter),
    );
    const tests = await facts.observe('tests', () =>
      ports.database.runChecks({ branchId: 'target' }, checks?.value.tests ?? []),
    );
    const failures = failuresOf(checks?.value ?? null, tests);
    if (failures.length > 0) throw new VerificationFailed(`constraint tests failed: ${failures.join('; ')}`);
    return {};
  });
