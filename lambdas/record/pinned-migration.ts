/** The run's own copy of the migration: written once by `Open run`, read by every later state instead of the file. */

import type { ChecksFile } from '#domain/checks/checks';
import { parseChecks } from '#domain/checks/parse-checks';
import { ChecksumMismatch } from '#domain/errors';
import { checksFileNameOf } from '#domain/migration/file-name';
import type { Migration } from '#domain/migration/migration';
import { parseMigration } from '#domain/migration/parse-migration';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { pinnedKeys } from './keys';

const readPinned = async (store: ArtifactStore, key: string, sha256: string): Promise<Buffer> => {
  const bytes = await store.read(key);
  if (bytes && sha256Of(bytes) === sha256) return bytes;
  throw new ChecksumMismatch(
    `${key} is ${bytes ? 'not what was pinned' : 'gone'}; expected sha256 ${sha256}. Nothing was run. Start a new run.`,
  );
};

/** Errors: ChecksumMismatch when the copy is not what was pinned. */
export const readPinnedMigration = async (
  store: ArtifactStore,
  run: RunPin,
): Promise<{ readonly migration: Migration; readonly checks: ChecksFile | null }> => {
  const keys = pinnedKeys(run.runId);
  const migration = await parseMigration(run.migration, await readPinned(store, keys.migration, run.sha256));
  if (migration.rollback.sha256 !== run.rollbackSha256)
    throw new ChecksumMismatch(`the rollback of ${run.migration} is not the one that was pinned; start a new run`);
  const checks =
    run.checksSha256 === null
      ? null
      : await parseChecks(checksFileNameOf(run.migration), await readPinned(store, keys.checks, run.checksSha256));
  return { migration, checks };
};
