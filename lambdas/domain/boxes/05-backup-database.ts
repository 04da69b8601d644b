/** Step 5: a backup is believed after it was restored and compared. */
import type { Backup, BackupComparison } from '#domain/backup/backup';
import { count } from '#domain/count';
import type { EvidenceDocument } from '#domain/evidence/document';
import { failed, judgeOf, open, proved, type Room } from './room';

/** A branch without compute, or a position in the log, as the platform describes it. */
type RestorePoint = {
  readonly name: string;
  readonly branchId: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly parentLsn: string | null;
  /** False when nothing can be restored from it. */
  readonly isRestorable: boolean;
};

/** What came of the restore into a scratch database. */
export type Restore =
  | { readonly comparison: BackupComparison }
  | {
      readonly comparison: null;
      readonly message: string;
      /** True when its server went away, which says nothing of the backup. */
      readonly wasCutOff: boolean;
    };

export type BackupFacts = {
  readonly backup: Backup;
  readonly restorePoint: RestorePoint;
  readonly restore: Restore;
};

const judge = judgeOf<BackupFacts>();

export const backupDatabase: Room<5, BackupFacts> = {
  '5.1': judge(['backup', 'restorePoint'], ({ backup, restorePoint }) => {
    const rows = backup.tables.reduce((sum, table) => sum + table.rows, 0);
    const wayBack = restorePoint.isRestorable
      ? `restore point ${restorePoint.name}`
      : `log position ${restorePoint.parentLsn}; the server keeps no restore point, so the dump is the only way back`;
    return proved(`dump of ${count(backup.tables.length, 'table')} with ${count(rows, 'row')}, and ${wayBack}`, {
      restorePoint,
      tables: backup.tables,
      durationMs: backup.durationMs,
    });
  }),
  '5.2': judge(['restore'], ({ restore }) => {
    if (restore.comparison === null) {
      const reason = `the restore did not finish: ${restore.message}`;
      return restore.wasCutOff ? open(reason) : failed(reason);
    }
    const { comparison } = restore;
    return comparison.isEqual
      ? proved(
          `restored into a scratch database and compared: ${count(comparison.tablesCompared, 'table')}, ${count(comparison.rowsCompared, 'row')}, catalog and sequences are equal`,
          { comparison },
        )
      : failed(`the restored database differs: ${comparison.differences.join('; ')}`, { comparison });
  }),
  '5.3': judge(['backup'], ({ backup: { uri, versionId, sha256, sizeBytes, tools } }) =>
    proved(`${uri}, ${count(sizeBytes, 'byte')}, sha256 ${sha256}`, { uri, versionId, sha256, sizeBytes, tools }),
  ),
};

/** The dump's hash as this step wrote it down, in a document of any format; null when there is no dump. */
export const backupSha256 = (documents: readonly EvidenceDocument[]): string | null => {
  const document = documents.find(({ name }) => name === '05-backup-database');
  const { backup } = (document?.facts ?? {}) as Partial<BackupFacts>;
  if (document?.format === 2) return backup?.sha256 ?? null;
  const sha256 = document?.boxes.find(({ box, answer }) => box === '5.3' && answer === 'proved')?.facts?.['sha256'];
  return typeof sha256 === 'string' ? sha256 : null;
};
