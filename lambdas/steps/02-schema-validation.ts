import { validateSchema } from '#domain/boxes/02-schema-validation';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { StepInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 2, input, async (notes) => {
    const { migration, checks } = await readPinnedMigration(ports.store, input.run);
    const [catalog, ledger] = [await ports.database.readCatalog(target), await ports.database.readLedger(target)];
    const validation = validateSchema({ migration, checks, catalog, ledger });
    notes.take(validation.boxes);
    notes.find(...validation.findings);
    notes.leaveOpen('2.1', 'the approver compares the statements with the ER diagram and attests to it');
    return {};
  });
