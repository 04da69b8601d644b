import type { Backup, BackupComparison, BackupRecord } from '#domain/backup/backup';
import type { CopyTrial } from '#domain/backup/copy-trial';
import type { DatabaseAddress } from './database';

/** Errors: DatabaseUnreachable, StoreFailed, VerificationFailed. */
export type Backups = {
  /** Dumps the target into the store: schema by pg_dump, rows by COPY, one snapshot. */
  make(address: DatabaseAddress, key: string): Promise<Backup>;
  /**
   * Restores the stored backup into a scratch database at that address's server, compares, drops the scratch database. `name`
   * is the restore's own: two restores of one name end each other.
   */
  verify(address: DatabaseAddress, backup: BackupRecord, name: string): Promise<BackupComparison>;
  /**
   * Copies and restores the schema without rows in a scratch database of that name, and says what cannot be. What `sql` names, a
   * migration's text, must be in the copy. Errors also: LockNotAvailable.
   */
  tryCopy(address: DatabaseAddress, name: string, sql: string): Promise<CopyTrial>;
};
