import { codeReview, findingsOfCode, refusalsOfCode } from '#domain/boxes/01-code-review';
import { MigrationRefused } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { gatherReview } from '#lambdas/rehearsal/review-facts';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 1, codeReview, input, async (facts) => {
    facts.put('pullRequest', input.run.pullRequest);
    const reviewed = await gatherReview(facts, ports, input.run);
    facts.find(...findingsOfCode(reviewed));
    const [refusal] = refusalsOfCode(reviewed);
    if (refusal) throw new MigrationRefused(refusal.message);
    return {};
  });
