/** Everything of the run that lies in its folder when it is closed, by key and hash: the closing document carries this list. */
import type { EvidenceRef } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { documentKey, isSignatureOf, olderBackupKey, reportKeys, runPrefix } from './keys';
import { isOfRun } from './run-files';

/** The dump may be large: its hash was taken while it was written, and Step 5 says it. */
const isHashedElsewhere = (runId: string, key: string) => key === olderBackupKey(runId);

/** Without the report and the closing document itself, which are written after it. */
export const listBelongings = async (
  store: ArtifactStore,
  runId: string,
  closingName: string,
): Promise<readonly EvidenceRef[]> => {
  const later: readonly string[] = [...Object.values(reportKeys(runId)), documentKey(runId, closingName)];
  const closing = documentKey(runId, closingName);
  const keys = (await store.list(runPrefix(runId))).filter(
    (key) =>
      isOfRun(runId, key) && !later.includes(key) && !isSignatureOf(closing, key) && !isHashedElsewhere(runId, key),
  );
  const refs: EvidenceRef[] = [];
  for (const key of keys) refs.push({ key, sha256: sha256Of((await store.read(key)) ?? '') });
  return refs;
};
