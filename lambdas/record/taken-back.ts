/** The versions that a rollback takes back, from its own folder: the one that was asked for lies as in every run, the others beside. */
import type { DoorWork } from '#domain/doors/choose';
import { InvalidInput } from '#domain/errors';
import type { Migration } from '#domain/migration/migration';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunPin, TakenBackVersion } from '#statemachine/contract';
import type { AppliedFiles } from './applied-files';
import { writeOnce } from './json';
import { laterFolder, pinnedFileKey } from './keys';
import { readPinnedDoor, readPinnedMigration } from './pinned-migration';

/** Errors: InvalidInput for the pin of another workflow. */
export const versionsOf = ({ runId, rollback }: RunPin): readonly TakenBackVersion[] => {
  if (rollback) return rollback.versions;
  throw new InvalidInput(`run ${runId} is no rollback; expected one that Open rollback has opened`);
};

const folderOf = (run: RunPin, version: TakenBackVersion): string => {
  const at = versionsOf(run).indexOf(version);
  return at === versionsOf(run).length - 1 ? run.runId : laterFolder(run.runId, at + 1);
};

/** The run as if it were about this version alone. */
const pinFor = (run: RunPin, version: TakenBackVersion): RunPin => {
  const { origin: _, door: __, ...pin } = run;
  const { migration, version: number, sha256, rollbackSha256, origin, door } = version;
  return {
    ...pin,
    runId: folderOf(run, version),
    migration,
    version: number,
    sha256,
    rollbackSha256,
    checksSha256: null,
    ...(origin && { origin }),
    ...(door && { door }),
  };
};

/** Written once, as they were applied. */
export const pinAppliedFiles = async (
  store: ArtifactStore,
  run: RunPin,
  version: TakenBackVersion,
  { files }: AppliedFiles,
): Promise<void> => {
  for (const { role, bytes } of files) await writeOnce(store, pinnedFileKey(folderOf(run, version), role), bytes);
};

export type TakenBack = {
  readonly version: TakenBackVersion;
  readonly migration: Migration;
  readonly door: DoorWork | undefined;
};

/** In the order in which they are taken back. Errors: ChecksumMismatch when a copy is not what was pinned. */
export const readTakenBack = (store: ArtifactStore, run: RunPin): Promise<readonly TakenBack[]> =>
  Promise.all(
    versionsOf(run).map(async (version) => {
      const pin = pinFor(run, version);
      const { migration } = await readPinnedMigration(store, pin);
      return { version, migration, door: await readPinnedDoor(store, pin) };
    }),
  );
