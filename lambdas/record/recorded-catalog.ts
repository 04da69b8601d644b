/** The catalog that a run has left on the target, for the next run to compare with. */
import type { Catalog } from '#domain/catalog/catalog';
import { catalogForm } from '#domain/catalog/earlier-form';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readJson, writeJson } from './json';
import { recordedCatalogKey } from './keys';

/** Null when no run recorded one, and when it is no longer in the store. */
export const readRecordedCatalog = async (store: ArtifactStore, fingerprint: string | null): Promise<Catalog | null> =>
  fingerprint === null ? null : readJson<Catalog>(store, recordedCatalogKey(fingerprint));

export const recordCatalog = async (store: ArtifactStore, fingerprint: string, catalog: Catalog): Promise<void> => {
  await writeJson(store, recordedCatalogKey(fingerprint), { ...catalog, form: catalogForm });
};
