import { reviewCode } from '#domain/boxes/01-code-review';
import { MigrationRefused } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 1, input, async (notes) => {
    const { migration, checks } = await readPinnedMigration(ports.store, input.run);
    const [catalog, ledger] = [await ports.database.readCatalog(target), await ports.database.readLedger(target)];
    const review = reviewCode({ migration, checks, catalog, ledger });
    notes.take(review.boxes);
    notes.find(...review.findings);
    const [refusal] = review.refusals;
    if (refusal) throw new MigrationRefused(refusal.message);
    const { pullRequest } = input.run;
    notes.leaveOpen(
      '1.1',
      pullRequest
        ? `the run names ${pullRequest}; the code host is not asked yet, so the approver attests that this file is in it`
        : 'the run names no pull request; the approver attests that the change was reviewed as one',
      { pullRequest },
    );
    return {};
  });
