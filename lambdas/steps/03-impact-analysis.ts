import { analyseImpact } from '#domain/boxes/03-impact-analysis';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { keepStatistics, readStatistics } from '#lambdas/rehearsal/statistics';
import type { StepInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

export const run = (input: StepInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 3, input, async (notes) => {
    const { migration, checks } = await readPinnedMigration(ports.store, input.run);
    const catalog = await ports.database.readCatalog(target);
    const ledger = await ports.database.readLedger(target);
    const reading = await readStatistics(ports);
    await keepStatistics(ports, input.run.runId, reading);
    const { statistics } = reading;
    const impact = analyseImpact({ migration, checks, catalog, ledger, statistics });
    notes.take(impact.boxes);
    notes.find(...impact.findings);
    notes.leaveOpen('3.3', 'the approver attests that the services which depend on the affected tables are known');
    return {};
  });
