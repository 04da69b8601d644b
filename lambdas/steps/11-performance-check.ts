import { performanceCheck, slowOrUnindexed } from '#domain/boxes/11-performance-check';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { putChecks, readPinnedFiles } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 11, performanceCheck, input, async (facts) => {
    const { checks } = await readPinnedFiles(ports.store, input.run);
    putChecks(facts, checks);
    const queries = checks?.value.queries ?? [];
    const results = await facts.observe('queries', () =>
      ports.database.explainQueries({ branchId: 'target' }, queries),
    );
    const failures = slowOrUnindexed(queries, results);
    if (failures.length > 0)
      throw new VerificationFailed(`declared queries miss their expectations: ${failures.join('; ')}`);
    return {};
  });
