/** Verifies a stored backup: restores it into a scratch database and compares everything. */
import type { BackupComparison, BackupRecord } from '#domain/backup/backup';
import type { DatabaseAddress } from '#lambdas/ports/database';
import { withScratchDatabase } from '../scratch/with-scratch-database';
import type { BackupTools } from './make-backup';
import { DumpUnusable } from './read-dump';
import { type RestoredFolder, restoreFolder } from './restore-folder';
import { openStoredFolder } from './stored-folder';

const restoreAndCompare = async (
  tools: BackupTools,
  address: DatabaseAddress,
  { key, sha256 }: BackupRecord,
  scratchDatabase: string,
): Promise<RestoredFolder> => {
  try {
    const folder = await openStoredFolder(tools.store, key, sha256);
    return await withScratchDatabase(tools, address, scratchDatabase, (connection) =>
      restoreFolder(connection, folder, { readCatalog: tools.readCatalog }),
    );
  } catch (error) {
    if (error instanceof DumpUnusable) return { compared: [], differences: [error.message], leftOut: [] };
    throw error;
  }
};

/**
 * Runs nothing of a file before its hash shows that its bytes are those that were stored.
 * Errors: DatabaseUnreachable, StoreFailed, VerificationFailed when there can be no scratch database.
 */
export const verifyBackup = async (
  tools: BackupTools,
  address: DatabaseAddress,
  record: BackupRecord,
  scratchDatabase: string,
): Promise<BackupComparison> => {
  const startedAt = performance.now();
  const { compared, differences, leftOut } = await restoreAndCompare(tools, address, record, scratchDatabase);
  return {
    isEqual: differences.length === 0,
    tablesCompared: compared.length,
    rowsCompared: compared.reduce((sum, { rows }) => sum + rows, 0),
    differences,
    leftOut,
    durationMs: Math.round(performance.now() - startedAt),
  };
};
