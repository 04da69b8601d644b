/** What the run that applied a version had saved before it, from what is left of its evidence. */
import { restoreCommand } from '#domain/boxes/05-backup-database';
import { factsIn } from '#domain/boxes/facts';
import type { SavedThen } from '#domain/boxes/rollback-run';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readClosedList } from './closed-list';

/** What of it can be believed; none where its folder is gone. */
export const evidenceOfRun = async (store: ArtifactStore, runId: string): Promise<readonly EvidenceDocument[]> =>
  (await readClosedList(store, { runId, name: null, previous: null })).evidence.map(({ document }) => document);

/** Null where that run left no backup that can be believed. */
export const savedThen = (documents: readonly EvidenceDocument[]): SavedThen | null => {
  const document = documents.findLast(({ name }) => name === '05-backup-database');
  const { backup, restorePoint } = factsIn(documents, '05-backup-database');
  if (!document || document.error !== null) return null;
  const { name, branchId, expiresAt } = restorePoint ?? {};
  return {
    at: document.startedAt,
    command: backup ? restoreCommand(backup) : null,
    restorePoint: restorePoint?.isRestorable && name && branchId && expiresAt ? { name, branchId, expiresAt } : null,
  };
};
