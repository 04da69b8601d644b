/** Reads how the target's tables are used, so that a later step can tell what went on since. */
import type { StatisticsReading } from '#domain/tables/traffic';
import type { Ports } from '#lambdas/ports/ports';
import { readJson, writeJson } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';

export const readStatistics = async ({
  clock,
  database,
}: Pick<Ports, 'clock' | 'database'>): Promise<StatisticsReading> => ({
  statistics: await database.readTableStatistics({ branchId: 'target' }),
  takenAt: clock.now().toISOString(),
});

/** To be called at the review, which is as long before the dry run as its approval takes. */
export const keepStatistics = async (ports: Ports, runId: string, reading: StatisticsReading): Promise<void> => {
  await writeJson(ports.store, artifactKeys(runId).statisticsAtReview, reading);
};

/** Null when the run has none. */
export const keptStatistics = ({ store }: Pick<Ports, 'store'>, runId: string): Promise<StatisticsReading | null> =>
  readJson(store, artifactKeys(runId).statisticsAtReview);
