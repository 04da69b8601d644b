import type { Catalog } from '#domain/catalog/catalog';
import { VerificationFailed } from '#domain/errors';
import { runDeclaredTests } from '#lambdas/declared-tests';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced } from '#lambdas/record/json';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { RehearsalInput, StepOutput } from '#statemachine/contract';

export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 10, input, async (notes) => {
    const { checks } = await readPinnedMigration(ports.store, input.run);
    const before = await readReferenced<Catalog>(ports.store, input.rehearsal.catalogBefore);
    const after = await readReferenced<Catalog>(ports.store, input.rehearsal.catalogAfter);
    const { boxes, failures } = await notes.expecting(['10.1', '10.2', '10.3', '10.4'], () =>
      runDeclaredTests(ports, notes, { branchId: 'target' }, { checks, before, after }),
    );
    notes.take(boxes);
    if (failures.length > 0) throw new VerificationFailed(`constraint tests failed: ${failures.join('; ')}`);
    return {};
  });
