import { codeReview, findingsOfCode, refusalsOfCode } from '#domain/boxes/01-code-review';
import { MigrationRefused } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { gatherReview } from '#lambdas/rehearsal/review-facts';
import type { StepInput, StepOutput } from '#statemachine/contract';

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 1, codeReview, input, async (facts) => {
    const { pullRequest, migration, sha256, origin } = input.run;
    facts.put('pullRequest', pullRequest);
    if (pullRequest !== null) {
      // In another tool's form the pull request has that tool's file.
      const file = origin?.files[0] ?? { path: migration, sha256 };
      const asked = await ports.codeHost.readPullRequest(pullRequest, file.path);
      facts.put('codeHost', { sha256: file.sha256, asked });
    }
    const reviewed = await gatherReview(facts, ports, input.run);
    facts.find(...findingsOfCode(reviewed));
    const [refusal] = refusalsOfCode(reviewed);
    if (refusal) throw new MigrationRefused(refusal.message);
    return {};
  });
