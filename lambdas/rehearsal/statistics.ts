/** Reads how the target's tables are used, so that a later step can count what happened since. */
import type { Kept } from '#domain/boxes/room';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
import type { StatisticsReading } from '#domain/tables/traffic';
import type { Ports } from '#lambdas/ports/ports';
import { readJson, readKeptIfThere, writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';

export const readStatistics = async ({
  clock,
  database,
}: Pick<Ports, 'clock' | 'database'>): Promise<StatisticsReading> => ({
  statistics: await database.readTableStatistics({ branchId: 'target' }),
  takenAt: clock.now().toISOString(),
});

/** To be called at the review, which is as long before the dry run as its approval takes. */
export const keepStatistics = async (
  ports: Pick<Ports, 'clock' | 'database' | 'store'>,
  runId: string,
): Promise<Kept<StatisticsReading>> =>
  writeKept(ports.store, artifactKeys(runId).statisticsAtReview, await readStatistics(ports));

/** Null when the run has none. */
export const keptStatistics = ({ store }: Pick<Ports, 'store'>, runId: string): Promise<StatisticsReading | null> =>
  readJson(store, artifactKeys(runId).statisticsAtReview);

/** How large production's tables are, as the review has kept it; null when the run has none. */
export const keptProduction = (
  { store }: Pick<Ports, 'store'>,
  runId: string,
): Promise<Kept<ProductionStatistics> | null> => readKeptIfThere(store, artifactKeys(runId).productionStatistics);
