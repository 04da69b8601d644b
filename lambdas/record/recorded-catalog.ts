/** The catalog that a run has left on the target, for the next run to compare with. */
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { ArtifactStore } from '#lambdas/ports/store';
import { recordedCatalogKey } from './keys';

/** What changed since the last run recorded the catalog; empty when nothing did, or when nothing was ever recorded. */
export const driftSince = async (
  store: ArtifactStore,
  recorded: string | null,
  now: Catalog,
): Promise<readonly string[]> => {
  if (recorded === null || recorded === fingerprintOf(now)) return [];
  const bytes = await store.read(recordedCatalogKey(recorded));
  if (!bytes) return [`the catalog's fingerprint is not the one recorded after the last run (${recorded})`];
  return describeDifference(differenceOf(JSON.parse(bytes.toString('utf8')) as Catalog, now));
};
