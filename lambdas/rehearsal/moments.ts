/** What a rehearsal leaves at its moments: catalog and contents, each read once and kept for whoever compares later. */
import type { Catalog } from '#domain/catalog/catalog';
import type { EvidenceRef } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { TableContents } from '#domain/tables/contents';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import { writeJson } from '#lambdas/record/json';
import { artifactKeys, type RehearsalMoment } from '#lambdas/record/keys';

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
  const { value, ref } = await keep(store, artifactKeys(runId).catalog(moment), () => database.readCatalog(at));
  return { catalog: value, ref };
};

/** What the branch's tables hold at that moment. */
export const keepContents = async (
  { store, database }: Pick<Ports, 'store' | 'database'>,
  runId: string,
  moment: RehearsalMoment,
  at: DatabaseAddress,
): Promise<readonly TableContents[]> =>
  (await keep(store, artifactKeys(runId).contents(moment), () => database.readTableContents(at))).value;
