/** The documents of the runs that applied what a rollback takes back: an incident begins with them. Empty in a run that applied it itself. */
import { factsIn } from '#domain/boxes/facts';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readJson } from '#lambdas/record/json';
import { runPrefix } from '#lambdas/record/keys';
import { documentNameOf } from '#lambdas/record/run-files';

const readRun = async (store: ArtifactStore, runId: string): Promise<readonly EvidenceDocument[]> => {
  const keys = (await store.list(runPrefix(runId))).filter((key) => documentNameOf(runId, key) !== null);
  const documents = await Promise.all(keys.map((key) => readJson<EvidenceDocument>(store, key)));
  return documents.filter((document) => document !== null);
};

/** Nothing is decided by them: an incident is told with the documents as they lie there. */
export const readAppliedRuns = async (
  store: ArtifactStore,
  documents: readonly EvidenceDocument[],
): Promise<readonly EvidenceDocument[]> => {
  const { entries = [] } = factsIn(documents, 'open-rollback');
  const runIds = [...new Set(entries.map(({ runId }) => runId))];
  const own = documents[0]?.runId;
  const read = await Promise.all(runIds.filter((runId) => runId !== own).map((runId) => readRun(store, runId)));
  return read.flat();
};
