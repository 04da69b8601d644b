import { judgeApplication } from '#domain/boxes/12-application-integration';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 12, input, async (notes) => {
    const { checks } = await readPinnedMigration(ports.store, input.run);
    const application = checks?.application ?? { kind: 'undeclared' as const };
    const probes = application.kind === 'probes' ? application.probes : [];
    const answers = await Promise.all(
      probes.map(async (probe) => ({ probe, answer: await ports.probes.get(probe.url) })),
    );
    const { boxes, failures } = judgeApplication(application, answers);
    notes.take(boxes);
    if (failures.length > 0)
      throw new VerificationFailed(`the application does not answer as declared: ${failures.join('; ')}`);
    return {};
  });
