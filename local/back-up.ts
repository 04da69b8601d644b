/** Makes a backup on its own, outside of a run. */
import { createBackups } from '#adapters/postgres/backup/backups';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import type { Backup, BackupComparison } from '#domain/backup/backup';
import { parseManifest } from '#domain/backup/manifest';
import type { Progress } from '#domain/backup/progress';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { InvalidInput, VerificationFailed } from '#domain/errors';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { ArtifactStore } from '#lambdas/ports/store';

const target = { branchId: 'target' } as const;

/** `key` is the manifest's. */
export type BackupPlace = { readonly store: ArtifactStore; readonly key: string };

export type MadeBackup = {
  readonly backup: Backup;
  /** Null where it was not restored. */
  readonly comparison: BackupComparison | null;
  readonly notHeld: readonly string[];
};

/** Errors: InvalidInput when there is one already, VerificationFailed when what was restored differs, those of the port Backups. */
export const backUp = async (
  connection: (address: DatabaseAddress) => Promise<ConnectionSettings>,
  { store, key }: BackupPlace,
  options: {
    readonly isVerified: boolean;
    readonly onProgress: (progress: Progress) => void;
    readonly onMade: () => void;
  },
): Promise<MadeBackup> => {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  if ((await store.list(folder)).length > 0)
    throw new InvalidInput(
      `there is something in ${folder || 'that folder'} already; a backup is written where nothing is, so choose another name or folder`,
    );
  const clock = { now: () => new Date() };
  const { onProgress } = options;
  const backups = createBackups({ connection, store, clock, readCatalog, fingerprintOf, onProgress });
  const backup = await backups.make(target, key);
  options.onMade();
  const manifest = parseManifest((await store.read(key))?.toString('utf8') ?? '');
  const comparison = options.isVerified
    ? await backups.verify(target, backup, `backup-${backup.sha256.slice(0, 12)}`)
    : null;
  if (comparison && !comparison.isEqual)
    throw new VerificationFailed(
      `the backup was written, and what was restored from it differs: ${comparison.differences.slice(0, 3).join('; ')}; do not rely on it`,
    );
  return { backup, comparison, notHeld: 'fault' in manifest ? [] : manifest.notHeld };
};
