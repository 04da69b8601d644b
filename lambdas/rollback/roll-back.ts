/** Runs the rollback section on the target, after a person has approved it. */

import { answerTakenBack, answerUnfinished, rollBackState } from '#domain/ledger/taken-back';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { readEarlierEvidence } from '#lambdas/record/evidence';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { ApprovedInput, StepOutput } from '#statemachine/contract';

export const run = (input: ApprovedInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, rollBackState, input, async (notes) => {
    const approval = await requireApproval(ports.store, input.run, 'rollback', input.approval);
    const { migration } = await readPinnedMigration(ports.store, input.run);
    const earlier = await readEarlierEvidence(ports.store, input.run.runId, rollBackState.name);
    const documents = earlier.map(({ document }) => document);
    notes.fact('approvedBy', approval.by);
    notes.take([answerUnfinished(documents)]);
    const outcome = await ports.database.rollBack(
      { branchId: 'target' },
      {
        statements: migration.rollback.statements,
        version: migration.version,
        runId: input.run.runId,
        limits: ports.settings,
      },
    );
    notes.fact('outcome', outcome);
    notes.take([answerTakenBack(documents, { at: outcome.rolledBackAt, by: approval.by })]);
    return {};
  });
