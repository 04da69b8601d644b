/** What a rehearsal leaves at its moments: catalog and contents, each read once and kept for whoever compares later. */
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { EvidenceRef } from '#domain/evidence/document';
import type { TableContents } from '#domain/locks/table-contents';
import { sha256Of, writeJson } from './evidence';
import type { ArtifactStore, DatabaseAddress, Ports } from './ports';

export type RehearsalMoment = 'before' | 'after-up' | 'after-down' | 'after-up-again' | `after-down-from-${number}`;

/** Read once, then kept: a step that was killed and runs again finds its branch changed already, and would read another moment. */
const keep = async <T>(
  store: ArtifactStore,
  key: string,
  read: () => Promise<T>,
): Promise<{ readonly value: T; readonly ref: EvidenceRef }> => {
  const kept = await store.read(key);
  if (kept) return { value: JSON.parse(kept.toString('utf8')) as T, ref: { key, sha256: sha256Of(kept) } };
  const value = await read();
  return { value, ref: await writeJson(store, key, value) };
};

/** The branch's catalog at that moment. */
export const keepCatalog = async (
  { store, database }: Pick<Ports, 'store' | 'database'>,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<{ readonly catalog: Catalog; readonly ref: EvidenceRef }> => {
  const { value, ref } = await keep(store, `runs/${runId}/artifacts/catalog-${moment}.json`, () =>
    database.readCatalog(at),
  );
  return { catalog: value, ref };
};

/** What the branch's tables hold at that moment. */
export const keepContents = async (
  { store, database }: Pick<Ports, 'store' | 'database'>,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<readonly TableContents[]> =>
  (await keep(store, `runs/${runId}/artifacts/contents-${moment}.json`, () => database.readTableContents(at))).value;

/** Where the catalog is kept that a run has left on the target, so that the next run can say what drifted. Named by its content. */
export const recordedCatalogKey = (fingerprint: string) => `catalogs/${fingerprint}.json`;

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
