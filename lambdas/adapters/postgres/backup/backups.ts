/** Backups of a PostgreSQL database: made without any system package, and accepted only after a restore. */
import type { Backups } from '#lambdas/ports/backups';
import { scratchNameOf } from '../scratch/scratch-database';
import { tryCopy } from '../trial/try-copy';
import { type BackupTools, makeBackup } from './make-backup';
import { defaultLockTimeoutMs } from './open-dump';
import { verifyBackup } from './verify-backup';

/** Makes the port over a store and a way to connect. Databases from PostgreSQL 15 to 18. */
export const createBackups = (
  options: Omit<BackupTools, 'lockTimeoutMs'> & { readonly lockTimeoutMs?: number },
): Backups => {
  const tools: BackupTools = { lockTimeoutMs: defaultLockTimeoutMs, ...options };
  return {
    make: (address, key) => makeBackup(tools, address, key),
    verify: (address, backup, name) => verifyBackup(tools, address, backup, scratchNameOf(name)),
    tryCopy: (address, name, sql) => tryCopy(tools, address, name, sql),
  };
};
