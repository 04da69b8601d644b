/** The run's own copy of the migration: written once by `Open run`, read by every later state instead of the file. */
import type { Artifact, Kept } from '#domain/boxes/room';
import type { ChecksFile } from '#domain/checks/checks';
import { parseChecks } from '#domain/checks/parse-checks';
import { ChecksumMismatch } from '#domain/errors';
import { type MigrationFile, migrationFileOf } from '#domain/ledger/order-migrations';
import { checksFileNameOf } from '#domain/migration/file-name';
import type { Migration } from '#domain/migration/migration';
import { parseMigration } from '#domain/migration/parse-migration';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore, MigrationSource } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { pinnedKeys } from './keys';
import type { Gathered } from './with-evidence';

/** The hash of every migration file as it is now; `available` where the files were listed before. */
export const hashMigrations = async (
  source: MigrationSource,
  available?: readonly string[],
): Promise<readonly MigrationFile[]> =>
  Promise.all(
    (available ?? (await source.list())).map(async (fileName) =>
      migrationFileOf(fileName, (await source.read(fileName)) ?? Buffer.alloc(0)),
    ),
  );

const readPinned = async (store: ArtifactStore, key: string, sha256: string): Promise<Buffer> => {
  const bytes = await store.read(key);
  if (bytes && sha256Of(bytes) === sha256) return bytes;
  throw new ChecksumMismatch(
    `${key} is ${bytes ? 'not what was pinned' : 'gone'}; expected sha256 ${sha256}. Nothing was run. Start a new run.`,
  );
};

const readChecks = async (store: ArtifactStore, run: RunPin): Promise<Kept<ChecksFile> | null> => {
  if (run.checksSha256 === null) return null;
  const fileName = checksFileNameOf(run.migration);
  const key = pinnedKeys(run.runId).checks;
  const value = await parseChecks(fileName, await readPinned(store, key, run.checksSha256));
  return { value, reference: { artifact: { key, sha256: run.checksSha256 }, form: 'checks', fileName } };
};

/** With their references, for facts. Errors: ChecksumMismatch when the copy is not what was pinned. */
export const readPinnedFiles = async (
  store: ArtifactStore,
  run: RunPin,
): Promise<{ readonly migration: Kept<Migration>; readonly checks: Kept<ChecksFile> | null }> => {
  const key = pinnedKeys(run.runId).migration;
  const migration = await parseMigration(run.migration, await readPinned(store, key, run.sha256));
  if (migration.rollback.sha256 !== run.rollbackSha256)
    throw new ChecksumMismatch(`the rollback of ${run.migration} is not the one that was pinned; start a new run`);
  const reference = { artifact: { key, sha256: run.sha256 }, form: 'migration', fileName: run.migration } as const;
  return { migration: { value: migration, reference }, checks: await readChecks(store, run) };
};

/** Errors: ChecksumMismatch when the copy is not what was pinned. */
export const readPinnedMigration = async (
  store: ArtifactStore,
  run: RunPin,
): Promise<{ readonly migration: Migration; readonly checks: ChecksFile | null }> => {
  const { migration, checks } = await readPinnedFiles(store, run);
  return { migration: migration.value, checks: checks?.value ?? null };
};

/** The checks file as a fact: null where there is none. */
export const putChecks = (
  facts: Gathered<{ readonly checks: Artifact<ChecksFile> | null }>,
  checks: Kept<ChecksFile> | null,
): void => (checks ? facts.putKept('checks', checks) : facts.put('checks', null));
