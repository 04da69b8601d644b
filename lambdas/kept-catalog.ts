/** The catalogs of a rehearsal: each is read once, when its moment is there, and kept for whoever compares later. */
import type { Catalog } from './domain/catalog/catalog';
import type { EvidenceRef } from './domain/evidence/document';
import { sha256Of, writeJson } from './evidence';
import type { DatabaseAddress, Ports } from './ports';

export type RehearsalMoment = 'before' | 'after-up' | 'after-down' | 'after-up-again';

/**
 * The branch's catalog at that moment. When it was kept before, the kept one is returned: a step that was killed and runs
 * again finds its branch changed already, and would take the wrong schema for the one of before.
 */
export const keepCatalog = async (
  { store, database }: Pick<Ports, 'store' | 'database'>,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<{ readonly catalog: Catalog; readonly ref: EvidenceRef }> => {
  const key = `runs/${runId}/artifacts/catalog-${moment}.json`;
  const kept = await store.read(key);
  if (kept) return { catalog: JSON.parse(kept.toString('utf8')) as Catalog, ref: { key, sha256: sha256Of(kept) } };
  const catalog = await database.readCatalog(at);
  return { catalog, ref: await writeJson(store, key, catalog) };
};

/** Where the catalog is kept that a run has left on the target, so that the next run can say what drifted. Named by its content. */
export const recordedCatalogKey = (fingerprint: string) => `catalogs/${fingerprint}.json`;
