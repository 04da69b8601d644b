import { proveApplied } from '#domain/boxes/08-apply-migration';
import { describeUnit, splitIntoUnits } from '#domain/migration/units';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { ApprovedInput, StepOutput } from '#statemachine/contract';

export const run = (input: ApprovedInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 8, input, async (notes) => {
    const { run: pin } = input;
    const approval = await requireApproval(ports.store, pin, 'apply', input.approval);
    const { migration } = await readPinnedMigration(ports.store, pin);
    const { version, runId, sha256 } = pin;
    const units = splitIntoUnits(migration.statements);
    notes.fact('approvedBy', approval.by);
    if (units.length > 1)
      notes.fact(
        'units',
        units.map((unit) => describeUnit(unit, units.length)),
      );
    const outcome = await notes.expecting(['8.1', '8.2'], () =>
      ports.database.applyMigration(
        { branchId: 'target' },
        {
          statements: migration.statements,
          entry: { version, migration: pin.migration, sha256, runId, appliedBy: approval.by },
          limits: ports.settings,
        },
      ),
    );
    notes.fact('statements', outcome.statements);
    notes.take(proveApplied(outcome.entry, units.length));
    return {};
  });
