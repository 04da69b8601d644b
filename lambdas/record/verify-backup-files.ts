/** Verifies that a run's backup still lies in the store as Step 5 left it: one file, or a folder by its manifest. */
import { createHash } from 'node:crypto';
import { type Expiry, expiryFault, expiryInWords, parseExpiry } from '#domain/backup/expiry';
import { filesOf, parseManifest } from '#domain/backup/manifest';
import { backupNamedBy } from '#domain/boxes/05-backup-database';
import { factsIn } from '#domain/boxes/facts';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { dumpKeyOf } from './dump';
import { backupKey, backupPrefix, expiryKey } from './keys';

/** The hash of what lies there; null where nothing does. */
const hashOf = async (store: ArtifactStore, key: string): Promise<string | null> => {
  if (!(await store.list(key)).includes(key)) return null;
  const hash = createHash('sha256');
  for await (const chunk of await store.readStream(key)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** `notes` are no problems: what is gone as it was planned. */
export type VerifiedBackup = { readonly problems: readonly string[]; readonly notes: readonly string[] };

const problem = (sentence: string): VerifiedBackup => ({ problems: [sentence], notes: [] });

const readPlanned = async (
  store: ArtifactStore,
  runId: string,
  of: Parameters<typeof expiryFault>[1],
): Promise<Expiry | { readonly fault: string } | null> => {
  const key = expiryKey(runId);
  const bytes = await store.read(key);
  if (bytes === null) return null;
  const expiry = parseExpiry(bytes.toString('utf8'));
  const fault = expiry ? expiryFault(expiry, of) : 'it is no note of an expiry';
  return fault === null ? expiry : { fault: `${key} is not believed: ${fault}` };
};

const verifyFolder = async (
  store: ArtifactStore,
  runId: string,
  sha256: string,
  promisedDays: number,
): Promise<VerifiedBackup> => {
  const key = backupKey(runId);
  const bytes = await store.read(key);
  if (bytes === null || sha256Of(bytes) !== sha256) return problem(`${key} is not the dump that was made`);
  const manifest = parseManifest(bytes.toString('utf8'));
  if ('fault' in manifest) return problem(`${key} cannot be used: ${manifest.fault}`);
  const planned = await readPlanned(store, runId, { madeAt: manifest.madeAt, sha256, promisedDays });
  const isExpired = planned !== null && !('fault' in planned);
  const problems: string[] = planned !== null && 'fault' in planned ? [planned.fault] : [];
  for (const file of filesOf(manifest)) {
    const found = await hashOf(store, `${backupPrefix(runId)}${file.name}`);
    if (found !== file.sha256 && !(found === null && isExpired))
      problems.push(
        `${backupPrefix(runId)}${file.name} ${found === null ? 'is gone' : `has sha256 ${found}`}; the manifest names ${file.sha256}`,
      );
  }
  return { problems, notes: isExpired ? [`the backup ${expiryInWords(planned)}`] : [] };
};

/** One sentence for each file that is not as it was; empty is good, also where no backup was made. */
export const verifyBackupFiles = async (
  store: ArtifactStore,
  runId: string,
  documents: readonly EvidenceDocument[],
): Promise<VerifiedBackup> => {
  const backup = backupNamedBy(documents);
  if (backup === null) return { problems: [], notes: [] };
  const key = dumpKeyOf(runId, documents);
  const { keepDays = 0 } = factsIn(documents, '05-backup-database');
  if (key === backupKey(runId)) return verifyFolder(store, runId, backup.sha256, keepDays);
  return (await hashOf(store, key)) === backup.sha256
    ? { problems: [], notes: [] }
    : problem(`${key} is not the dump that was made`);
};
