import type { Backup, BackupComparison, BackupRecord } from '#domain/backup/backup';
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
};
