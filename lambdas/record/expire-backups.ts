/** Takes away the bytes of a target's backups that are old enough, once a newer one was restored and compared. */
import { type Expiry, isDue, parseExpiry } from '#domain/backup/expiry';
import { filesOf, type Manifest, parseManifest, sizeOf } from '#domain/backup/manifest';
import type { ExpiredBackup } from '#domain/boxes/05-backup-database';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { Clock } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { readJson, toJson } from './json';
import { backupKey, backupPrefix, documentKey, expiryKey, pinnedKeys } from './keys';

type Earlier = { readonly runId: string; readonly manifest: Manifest; readonly sha256: string };

/** Runs whose folder has a manifest and more beside it. */
const withBytes = async (store: ArtifactStore): Promise<readonly string[]> => {
  const keys = await store.list('backups/');
  const names = [...new Set(keys.map((key) => key.split('/')[1] ?? ''))];
  return names.filter(
    (name) =>
      keys.includes(backupKey(name)) &&
      keys.some((key) => key.startsWith(backupPrefix(name)) && ![backupKey(name), expiryKey(name)].includes(key)),
  );
};

const targetIn = (pin: Pick<RunPin, 'target'> | null): string => {
  const { projectId, branchId, database } = pin?.target ?? {};
  return JSON.stringify([projectId, branchId, database]);
};

/** Null for what is no run's of this target, or no backup that can be read: that stays. */
const readEarlier = async (store: ArtifactStore, run: RunPin, runId: string): Promise<Earlier | null> => {
  const pin = runId === run.runId ? null : await readJson<RunPin>(store, pinnedKeys(runId).run);
  if (pin === null || targetIn(pin) !== targetIn(run)) return null;
  const bytes = (await store.read(backupKey(runId))) ?? Buffer.alloc(0);
  const manifest = parseManifest(bytes.toString('utf8'));
  return 'fault' in manifest ? null : { runId, manifest, sha256: sha256Of(bytes) };
};

/** What its own run has said is never undercut. */
const promisedDays = async (store: ArtifactStore, runId: string): Promise<number> => {
  const document = await readJson<EvidenceDocument>(store, documentKey(runId, '05-backup-database'));
  const days = document?.facts['keepDays'];
  return typeof days === 'number' ? days : 0;
};

/**
 * Of runs against the same target only, and never the one of `run`, which is the newest good one: nothing expires before it was compared.
 * A person's own backups stay. Manifests stay, and say what was there. Errors: StoreFailed; called again, it goes on.
 */
export const expireBackups = async (
  { store, clock }: { readonly store: ArtifactStore; readonly clock: Clock },
  run: RunPin,
  keepDays: number,
): Promise<readonly ExpiredBackup[]> => {
  const now = clock.now();
  const expired: ExpiredBackup[] = [];
  for (const name of await withBytes(store)) {
    const earlier = await readEarlier(store, run, name);
    if (!earlier) continue;
    const { runId, manifest, sha256 } = earlier;
    const days = Math.max(keepDays, await promisedDays(store, runId));
    if (!isDue(manifest.madeAt, days, now)) continue;
    const { madeAt } = manifest;
    const expiry: Expiry = {
      ...{ format: 1, expiredAt: now.toISOString(), madeAt, keepDays: days, sha256, newer: run.runId },
    };
    await store.writeIfAbsent(expiryKey(runId), toJson(expiry));
    for (const file of filesOf(manifest)) await store.remove(`${backupPrefix(runId)}${file.name}`);
    expired.push({ runId, madeAt, sizeBytes: sizeOf(manifest) });
  }
  return expired;
};

/** Null where the bytes have not gone. */
export const readExpiry = async (store: ArtifactStore, runId: string): Promise<Expiry | null> => {
  const bytes = await store.read(expiryKey(runId));
  return bytes && parseExpiry(bytes.toString('utf8'));
};
