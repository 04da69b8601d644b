/** The run's own copy of the migration: written once by `Open run`, read by every later state instead of the file. */
import type { Artifact, Kept, KeptFile } from '#domain/boxes/room';
import type { ChecksFile } from '#domain/checks/checks';
import { parseChecks } from '#domain/checks/parse-checks';
import { type DoorWork, doorMigrationOf } from '#domain/doors/choose';
import { ChecksumMismatch } from '#domain/errors';
import { checksPathOf, type Origin, type ReadFile } from '#domain/folders/origin';
import type { OtherFolder } from '#domain/folders/others';
import { parseOrigin } from '#domain/folders/parse-origin';
import { type MigrationFile, migrationFileOf } from '#domain/ledger/order-migrations';
import { checksFileNameOf } from '#domain/migration/file-name';
import type { Migration } from '#domain/migration/migration';
import { parseMigration } from '#domain/migration/parse-migration';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore, MigrationSource } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { pinnedFileKey, pinnedKeys } from './keys';
import type { Gathered } from './with-evidence';

/** The hash of every migration file as it is now; `available` where the files were listed before. */
export const hashMigrations = async (
  source: MigrationSource,
  available?: readonly string[],
): Promise<readonly MigrationFile[]> => {
  const others = await source.readOthers();
  if (others) return filesOf(others);
  return Promise.all(
    (available ?? (await source.list())).map(async (fileName) =>
      migrationFileOf(fileName, (await source.read(fileName)) ?? Buffer.alloc(0)),
    ),
  );
};

/** As runs compare them with the ledger, in the order of the tool. */
export const filesOf = ({ migrations }: OtherFolder): readonly MigrationFile[] =>
  migrations.map(({ fileName, version, origin }) => ({
    ...migrationFileOf(fileName, origin.files[0]?.bytes ?? Buffer.alloc(0)),
    version,
  }));

const readPinned = async (store: ArtifactStore, key: string, sha256: string): Promise<Buffer> => {
  const bytes = await store.read(key);
  if (bytes && sha256Of(bytes) === sha256) return bytes;
  throw new ChecksumMismatch(
    `${key} is ${bytes ? 'not what was pinned' : 'gone'}; expected sha256 ${sha256}. Nothing was run. Start a new run.`,
  );
};

const readChecks = async (store: ArtifactStore, run: RunPin): Promise<Kept<ChecksFile> | null> => {
  if (run.checksSha256 === null) return null;
  const fileName = run.origin ? checksPathOf(run.origin.name) : checksFileNameOf(run.migration);
  const key = pinnedKeys(run.runId).checks;
  const value = await parseChecks(fileName, await readPinned(store, key, run.checksSha256));
  return { value, reference: { artifact: { key, sha256: run.checksSha256 }, form: 'checks', fileName } };
};

/** The files of another tool's migration. Errors: ChecksumMismatch. */
export const readPinnedOrigin = async (
  store: ArtifactStore,
  runId: string,
  { files, ...origin }: Origin,
): Promise<Origin<ReadFile>> => ({
  ...origin,
  files: await Promise.all(
    files.map(async ({ role, path, sha256 }) => ({
      role,
      path,
      bytes: await readPinned(store, pinnedFileKey(runId, role), sha256),
    })),
  ),
});

/** What the database needs to write, or remove, the row of another tool; undefined where the run writes none. */
export const readPinnedDoor = async (store: ArtifactStore, run: RunPin): Promise<DoorWork | undefined> => {
  if (!run.door || !run.origin) return undefined;
  const origin = await readPinnedOrigin(store, run.runId, run.origin);
  return { ...run.door, migration: doorMigrationOf({ fileName: run.migration, version: run.version, origin }) };
};

const readMigration = async (store: ArtifactStore, run: RunPin): Promise<Migration> => {
  if (run.origin) return parseOrigin(await readPinnedOrigin(store, run.runId, run.origin));
  return parseMigration(run.migration, await readPinned(store, pinnedKeys(run.runId).migration, run.sha256));
};

/** As facts refer to the files of another tool's migration. */
const keptOrigin = (runId: string, { files, ...origin }: Origin): Origin<KeptFile> => ({
  ...origin,
  files: files.map((file) => ({ ...file, key: pinnedFileKey(runId, file.role) })),
});

/** With their references, for facts. Errors: ChecksumMismatch when the copy is not what was pinned. */
export const readPinnedFiles = async (
  store: ArtifactStore,
  run: RunPin,
): Promise<{ readonly migration: Kept<Migration>; readonly checks: Kept<ChecksFile> | null }> => {
  const key = pinnedKeys(run.runId).migration;
  const migration = await readMigration(store, run);
  if (migration.rollback.sha256 !== run.rollbackSha256)
    throw new ChecksumMismatch(`the rollback of ${run.migration} is not the one that was pinned; start a new run`);
  const reference: Artifact<Migration> = {
    artifact: { key, sha256: run.sha256 },
    form: 'migration',
    fileName: run.migration,
    ...(run.origin && { origin: keptOrigin(run.runId, run.origin) }),
  };
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
