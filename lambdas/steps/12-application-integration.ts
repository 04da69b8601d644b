import {
  applicationIntegration,
  applicationOf,
  declaredProbes,
  unexpectedAnswers,
} from '#domain/boxes/12-application-integration';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { putChecks, readPinnedFiles } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 12, applicationIntegration, input, async (facts) => {
    const { checks } = await readPinnedFiles(ports.store, input.run);
    putChecks(facts, checks);
    const probes = declaredProbes(applicationOf(checks?.value ?? null));
    const answers = await facts.observe('answers', () =>
      Promise.all(probes.map(async (probe) => ({ probe, answer: await ports.probes.get(probe.url) }))),
    );
    const failures = unexpectedAnswers(answers);
    if (failures.length > 0)
      throw new VerificationFailed(`the application does not answer as declared: ${failures.join('; ')}`);
    return {};
  });
