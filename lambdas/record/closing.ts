/** A run that was closed stays closed: an execution that is redriven after it must not go on without lease, branch and report. */
import { MigrationRefused } from '#domain/errors';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import type { Closing } from '#domain/reports/closing';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { documentKey } from './keys';

export const closeRunState = { name: 'close-run', title: 'Close run' } as const;

/** How the run was closed; null while it was not. A `Close run` that failed has closed nothing. */
export const readClosing = async (
  store: Pick<ArtifactStore, 'read'>,
  runId: string,
): Promise<{ readonly evidence: EvidenceRef; readonly closing: Closing } | null> => {
  const key = documentKey(runId, closeRunState.name);
  const bytes = await store.read(key);
  const document = bytes && (JSON.parse(bytes.toString('utf8')) as EvidenceDocument);
  if (!document || document.error !== null) return null;
  return { evidence: { key, sha256: sha256Of(bytes) }, closing: document.facts['closing'] as Closing };
};

/** What ended the run, as a sentence; null while it goes on. Nothing is added to its folder any more. */
export const readEnd = async (store: Pick<ArtifactStore, 'read'>, runId: string): Promise<string | null> => {
  const closed = await readClosing(store, runId);
  if (closed) return closed.closing.cause;
  const signedOff = await store.read(documentKey(runId, 'sign-off'));
  const { error } = signedOff ? (JSON.parse(signedOff.toString('utf8')) as EvidenceDocument) : { error: null };
  return signedOff && error === null ? 'It was signed off.' : null;
};

/** Errors: MigrationRefused when the run was closed. */
export const refuseClosedRun = async (store: Pick<ArtifactStore, 'read'>, runId: string): Promise<void> => {
  const closed = await readClosing(store, runId);
  if (closed)
    throw new MigrationRefused(
      `run ${runId} was closed and cannot go on (${closed.closing.error}: ${closed.closing.cause}) Start a new run instead of redriving this one.`,
    );
};
