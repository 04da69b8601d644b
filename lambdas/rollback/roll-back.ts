/** Runs the rollback section on the target, after a person has approved it. */
import type { ApprovedInput, StepOutput } from '../../statemachine/contract';
import { requireApproval } from '../approved';
import { withEvidence } from '../evidence';
import { readPinnedMigration } from '../pinned-migration';
import type { Ports } from '../ports';

export const run = (input: ApprovedInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, { name: 'roll-back', title: 'Roll back' }, input, async (notes) => {
    const approval = await requireApproval(ports.store, input.run, 'rollback', input.approval);
    const { migration } = await readPinnedMigration(ports.store, input.run);
    notes.fact('approvedBy', approval.by);
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
    return {};
  });
