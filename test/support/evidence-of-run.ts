/** The evidence documents that lie in a run's folder, for tests that look at them. */
import type { StoredEvidence } from '#domain/evidence/chain';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readRunFolder } from '#lambdas/record/run-folder';

/** In the order in which they were finished, with their references. */
export const readEvidenceWithRefs = async (store: ArtifactStore, runId: string): Promise<readonly StoredEvidence[]> =>
  (await readRunFolder(store, runId)).documents;

export const readEvidence = async (store: ArtifactStore, runId: string): Promise<readonly EvidenceDocument[]> =>
  (await readEvidenceWithRefs(store, runId)).map(({ document }) => document);
