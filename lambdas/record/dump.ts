/** Where a run's dump lies: runs of earlier versions have one file, the oldest in their own folder. */
import { backupNamedBy } from '#domain/boxes/05-backup-database';
import type { EvidenceDocument } from '#domain/evidence/document';
import { backupFile, backupKey, backupPrefix, olderBackupKey, singleFileBackupKeys } from './keys';

/** As Step 5 has written it down; a key that no version uses counts for nothing. */
export const dumpKeyOf = (runId: string, documents: readonly EvidenceDocument[]): string => {
  const named = backupNamedBy(documents);
  const key = named && (named.key ?? olderBackupKey(runId));
  return singleFileBackupKeys(runId).find((one) => one === key) ?? backupKey(runId);
};

/** True for a file that lies beside the manifest of the run's backup. */
export const isBesideManifest = (runId: string, key: string): boolean =>
  key.startsWith(backupPrefix(runId)) && backupFile.test(key.slice(backupPrefix(runId).length));

/** True for a second dump, where Step 5 has named the one that it made. */
export const isOtherDump = (runId: string, documents: readonly EvidenceDocument[], key: string): boolean => {
  if (backupNamedBy(documents) === null) return false;
  const named = dumpKeyOf(runId, documents);
  if (isBesideManifest(runId, key)) return named !== backupKey(runId);
  return [backupKey(runId), ...singleFileBackupKeys(runId)].includes(key) && key !== named;
};
