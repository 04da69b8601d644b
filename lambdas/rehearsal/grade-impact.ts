/** Grades what the dry run measured: against what the review predicts, and by how much the tables are used and will hold. */
import type { DryRunFacts } from '#domain/boxes/06-dry-run';
import { trafficBetween } from '#domain/tables/traffic';
import type { Ports } from '#lambdas/ports/ports';
import type { Gathered } from '#lambdas/record/with-evidence';
import { keptProduction, keptStatistics, readStatistics } from './statistics';

/** Puts down what the grades depend on besides the branch; before the statements run. */
export const putSurroundings = async (facts: Gathered<DryRunFacts>, ports: Ports, runId: string): Promise<void> => {
  // The target's: nobody uses the branch.
  facts.put('traffic', trafficBetween(await keptStatistics(ports, runId), await readStatistics(ports)));
  const production = await keptProduction(ports, runId);
  if (production) facts.putKept('production', production);
  else facts.put('production', null);
  facts.put('limitMs', ports.settings.longestBlockingMs);
};
