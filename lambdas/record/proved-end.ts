/** Whether a run has ended for certain: anybody who may write into the store can leave a report there, and nobody else's signature. */
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { Ports } from '#lambdas/ports/ports';
import { closeRunState } from './closing';
import { documentKey } from './keys';
import { signatureFault } from './signed';

/** True when the document that ends a run is this run's, says so without an error, and is signed by the key for closings. */
export const hasProvedEnd = async (
  { store, signing }: Pick<Ports, 'store' | 'signing'>,
  runId: string,
): Promise<boolean> => {
  for (const name of [closeRunState.name, 'sign-off']) {
    const key = documentKey(runId, name);
    const bytes = await store.read(key);
    if (!bytes) continue;
    const document = JSON.parse(bytes.toString('utf8')) as EvidenceDocument;
    if (document.runId !== runId || document.name !== name || document.error !== null) continue;
    const { closing } = await signing.publicKeys();
    if ((await signatureFault(store, closing, { key, sha256: sha256Of(bytes) }, bytes)) === null) return true;
  }
  return false;
};
