/** Where a run's dump lies: runs of earlier versions have it in their own folder. */
import { backupNamedBy } from '#domain/boxes/05-backup-database';
import type { EvidenceDocument } from '#domain/evidence/document';
import { backupKey, olderBackupKey } from './keys';

/** As Step 5 has written it down; a key that no version uses counts for nothing. */
export const dumpKeyOf = (runId: string, documents: readonly EvidenceDocument[]): string => {
  const named = backupNamedBy(documents);
  return named && (named.key ?? olderBackupKey(runId)) === olderBackupKey(runId)
    ? olderBackupKey(runId)
    : backupKey(runId);
};

/** True for a second dump, where Step 5 has named the one that it made. */
export const isOtherDump = (runId: string, documents: readonly EvidenceDocument[], key: string): boolean =>
  [backupKey(runId), olderBackupKey(runId)].includes(key) &&
  backupNamedBy(documents) !== null &&
  key !== dumpKeyOf(runId, documents);
