/** Makes a backup: a folder in the store, whose manifest is written last. */
import type { Backup } from '#domain/backup/backup';
import { savedCopies, sizeOf } from '#domain/backup/manifest';
import type { Progress } from '#domain/backup/progress';
import type { Catalog } from '#domain/catalog/catalog';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { ScratchTools } from '../scratch/with-scratch-database';
import { withOpenDump } from './open-dump';
import { saveFolder } from './save-folder';
import type { ReadCatalog } from './write-dump';

export type BackupTools = ScratchTools & {
  readonly store: ArtifactStore;
  readonly readCatalog: ReadCatalog;
  readonly fingerprintOf: (catalog: Catalog) => string;
  /** How long the dump may wait for the tables' read locks. */
  readonly lockTimeoutMs: number;
  readonly onProgress?: (progress: Progress) => void;
  /** The size from which on a table is read in pieces; left out, the usual one. */
  readonly pieceBytes?: number;
};

/** `key` is the manifest's. Errors: DatabaseUnreachable, LockNotAvailable, StoreFailed, VerificationFailed; there is no manifest then. */
export const makeBackup = async (tools: BackupTools, address: DatabaseAddress, key: string): Promise<Backup> => {
  const startedAt = performance.now();
  const connection = await tools.connection(address);
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const { manifest, stored } = await withOpenDump(connection, tools, (open) =>
    saveFolder(tools, open, { connection, folder }),
  );
  return {
    key,
    ...stored,
    sizeBytes: sizeOf(manifest) + stored.sizeBytes,
    tables: savedCopies(manifest),
    catalogFingerprint: manifest.catalogFingerprint,
    tools: { pgDump: manifest.pgDump, server: manifest.source.server },
    durationMs: Math.round(performance.now() - startedAt),
  };
};
