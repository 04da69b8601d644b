/** Verifies that a run's backup still lies in the store as Step 5 left it: one file, or a folder by its manifest. */
import { createHash } from 'node:crypto';
import { filesOf, parseManifest } from '#domain/backup/manifest';
import { backupNamedBy } from '#domain/boxes/05-backup-database';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { dumpKeyOf } from './dump';
import { backupKey, backupPrefix } from './keys';

/** The hash of what lies there; null where nothing does. */
const hashOf = async (store: ArtifactStore, key: string): Promise<string | null> => {
  if (!(await store.list(key)).includes(key)) return null;
  const hash = createHash('sha256');
  for await (const chunk of await store.readStream(key)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const verifyFolder = async (store: ArtifactStore, runId: string, sha256: string): Promise<readonly string[]> => {
  const key = backupKey(runId);
  const bytes = await store.read(key);
  if (bytes === null || sha256Of(bytes) !== sha256) return [`${key} is not the dump that was made`];
  const manifest = parseManifest(bytes.toString('utf8'));
  if ('fault' in manifest) return [`${key} cannot be used: ${manifest.fault}`];
  const problems: string[] = [];
  for (const file of filesOf(manifest)) {
    const found = await hashOf(store, `${backupPrefix(runId)}${file.name}`);
    if (found !== file.sha256)
      problems.push(
        `${backupPrefix(runId)}${file.name} ${found === null ? 'is gone' : `has sha256 ${found}`}; the manifest names ${file.sha256}`,
      );
  }
  return problems;
};

/** One sentence for each file that is not as it was; empty is good, also where no backup was made. */
export const verifyBackupFiles = async (
  store: ArtifactStore,
  runId: string,
  documents: readonly EvidenceDocument[],
): Promise<readonly string[]> => {
  const backup = backupNamedBy(documents);
  if (backup === null) return [];
  const key = dumpKeyOf(runId, documents);
  if (key === backupKey(runId)) return verifyFolder(store, runId, backup.sha256);
  return (await hashOf(store, key)) === backup.sha256 ? [] : [`${key} is not the dump that was made`];
};
