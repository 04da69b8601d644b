/** Grades what the dry run measured: against what the review predicts, and by how much the tables are used and will hold. */
import type { DryRunFacts } from '#domain/boxes/06-dry-run';
import { gradeDryRun } from '#domain/dry-run/grade-dry-run';
import type { StatementRun } from '#domain/dry-run/measured';
import type { Migration } from '#domain/migration/migration';
import { predictImpact } from '#domain/review/predict-impact';
import type { TableStatistics } from '#domain/tables/statistics';
import { trafficBetween } from '#domain/tables/traffic';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import type { Gathered } from '#lambdas/record/with-evidence';
import type { Moments } from './moments';
import { keptProduction, keptStatistics, readStatistics } from './statistics';

type Surroundings = { readonly traffic: readonly TableStatistics[]; readonly limitMs: number };

type Rehearsed = {
  readonly at: DatabaseAddress;
  readonly moments: Moments;
  readonly migration: Migration;
  readonly statements: readonly StatementRun[];
};

/** Puts down what the grades depend on besides the branch; before the statements run. */
export const putSurroundings = async (
  facts: Gathered<DryRunFacts>,
  ports: Ports,
  runId: string,
): Promise<Surroundings> => {
  // The target's: nobody uses the branch.
  const traffic = trafficBetween(await keptStatistics(ports, runId), await readStatistics(ports));
  facts.put('traffic', traffic);
  const production = await keptProduction(ports, runId);
  if (production) facts.putKept('production', production);
  else facts.put('production', null);
  const limitMs = ports.settings.longestBlockingMs;
  facts.put('limitMs', limitMs);
  return { traffic, limitMs };
};

/** Puts down each statement with its grade. */
export const putGrades = async (
  facts: Gathered<DryRunFacts>,
  ports: Ports,
  { at, moments, migration, statements }: Rehearsed,
  { traffic, limitMs }: Surroundings,
): Promise<void> => {
  const { value: catalog } = await moments.catalog('before');
  const searchPath = await ports.database.readDefaultSearchPath(at);
  const predictions = predictImpact({ migration, catalog, statistics: traffic, searchPath });
  const known = { catalog, contents: await moments.contents('before'), traffic, limitMs };
  facts.put('assessed', gradeDryRun(statements, predictions, known));
};
