import { findingsOfSchema, schemaValidation } from '#domain/boxes/02-schema-validation';
import type { Ports } from '#lambdas/ports/ports';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { gatherReview } from '#lambdas/rehearsal/review-facts';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 2, schemaValidation, input, async (facts) => {
    const reviewed = await gatherReview(facts, ports, input.run);
    facts.find(...findingsOfSchema(reviewed));
    return {};
  });
