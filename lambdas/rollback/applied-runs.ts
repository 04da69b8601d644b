/** The documents of the runs that applied what a rollback takes back: an incident begins with them. Empty in a run that applied it itself. */
import type { EvidenceDocument } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import { runPrefix } from '#lambdas/record/keys';
import { documentNameOf } from '#lambdas/record/run-files';
import type { RunPin } from '#statemachine/contract';

/** Null for what is no document: a file that somebody dropped must not keep an incident from being told. */
const documentIn = (name: string, bytes: Buffer | null): EvidenceDocument | null => {
  try {
    const read = JSON.parse(bytes?.toString('utf8') ?? 'null') as Partial<EvidenceDocument> | null;
    return read?.name === name && typeof read.facts === 'object' && read.facts !== null
      ? (read as EvidenceDocument)
      : null;
  } catch {
    return null;
  }
};

const readRun = async (store: ArtifactStore, runId: string): Promise<readonly EvidenceDocument[]> => {
  const keys = await store.list(runPrefix(runId));
  const documents = await Promise.all(
    keys.map(async (key) => {
      const name = documentNameOf(runId, key);
      return name === null ? null : documentIn(name, await store.read(key));
    }),
  );
  return documents.filter((document) => document !== null);
};

/** Nothing is decided by them: an incident is told with the documents as they lie there. */
export const readAppliedRuns = async (
  store: ArtifactStore,
  { runId: own, rollback }: Pick<RunPin, 'runId' | 'rollback'>,
): Promise<readonly EvidenceDocument[]> => {
  const runIds = new Set((rollback?.versions ?? []).map(({ runId }) => runId));
  const read = await Promise.all([...runIds].filter((runId) => runId !== own).map((runId) => readRun(store, runId)));
  return read.flat();
};
