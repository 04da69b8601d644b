import { dependentsIn, findingsOfFitting, findingsOfImpact, impactAnalysis } from '#domain/boxes/03-impact-analysis';
import { seenSessions } from '#domain/environment/sessions';
import type { Ports } from '#lambdas/ports/ports';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { readFit } from '#lambdas/rehearsal/fit';
import { keepProduction } from '#lambdas/rehearsal/production';
import { gatherReview } from '#lambdas/rehearsal/review-facts';
import { keepStatistics } from '#lambdas/rehearsal/statistics';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 3, impactAnalysis, input, async (facts) => {
    const reviewed = await gatherReview(facts, ports, input.run);
    const statistics = await facts.keep('statistics', () => keepStatistics(ports, input.run.runId));
    const production = await keepProduction(ports, input.run.runId);
    if (production) facts.putKept('production', production);
    else facts.put('production', null);
    const limitMs = ports.settings.longestBlockingMs;
    facts.put('limitMs', limitMs);
    const target = { branchId: 'target' } as const;
    await facts.observe('dependents', async () => dependentsIn(reviewed, await ports.database.readServerState(target)));
    await facts.observe('sessions', async () => seenSessions(await ports.database.readSessions(target)));
    const fit = await facts.observe('fit', () => readFit(ports));
    const seen = { ...reviewed, statistics, production: production?.value ?? null, limitMs };
    facts.find(...findingsOfFitting(fit, seen), ...findingsOfImpact(seen));
    return {};
  });
