/** Keeps, at the review, how large production's tables are: every later judgement sees the same figures. */
import type { Kept } from '#domain/boxes/room';
import {
  type ProductionStatistics,
  parseProductionStatistics,
  statisticsFileName,
} from '#domain/tables/production-statistics';
import type { Ports } from '#lambdas/ports/ports';
import { writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { keptProduction } from './statistics';

/** Null when the project has no such file. Errors: InvalidInput when it cannot be used. */
export const keepProduction = async (
  { documents, store }: Pick<Ports, 'documents' | 'store'>,
  runId: string,
): Promise<Kept<ProductionStatistics> | null> => {
  const kept = await keptProduction({ store }, runId);
  if (kept) return kept;
  const text = await documents.read(statisticsFileName);
  if (text === null) return null;
  return writeKept(
    store,
    artifactKeys(runId).productionStatistics,
    parseProductionStatistics(statisticsFileName, text),
  );
};
