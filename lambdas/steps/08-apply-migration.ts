import { applyMigration } from '#domain/boxes/08-apply-migration';
import { unitsInWords } from '#domain/migration/units';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { ApprovedInput, StepOutput } from '#statemachine/contract';

export const run = (input: ApprovedInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 8, applyMigration, input, async (facts) => {
    const { run: pin } = input;
    const { by } = await requireApproval(ports, pin, 'apply', input.approval);
    facts.put('approvedBy', by);
    const { migration } = await readPinnedMigration(ports.store, pin);
    facts.put('units', unitsInWords(migration.statements));
    const { version, runId, sha256, owner } = pin;
    await facts.observe('applied', () =>
      ports.database.applyMigration(
        { branchId: 'target' },
        {
          statements: migration.statements,
          entry: { version, migration: pin.migration, sha256, runId, owner, appliedBy: by },
          limits: ports.settings,
        },
      ),
    );
    return {};
  });
