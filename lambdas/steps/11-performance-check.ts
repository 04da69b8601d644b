import { judgeQueries } from '#domain/boxes/11-performance-check';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 11, input, async (notes) => {
    const { checks } = await readPinnedMigration(ports.store, input.run);
    const queries = checks?.queries ?? [];
    const results = await notes.expecting(['11.1', '11.2'], () =>
      ports.database.explainQueries({ branchId: 'target' }, queries),
    );
    const { boxes, failures } = judgeQueries(queries, results);
    notes.fact('queries', results);
    notes.take(boxes);
    if (failures.length > 0)
      throw new VerificationFailed(`declared queries are not as declared: ${failures.join('; ')}`);
    return {};
  });
