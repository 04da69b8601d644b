/** The files of a version that stands, as they were applied: from the folder of its run, or else from the team's own. */
import { InvalidInput } from '#domain/errors';
import type { EvidenceRef } from '#domain/evidence/document';
import type { Origin, ReadFile } from '#domain/folders/origin';
import type { OtherFolder } from '#domain/folders/others';
import { parseOrigin } from '#domain/folders/parse-origin';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Migration } from '#domain/migration/migration';
import { parseMigration } from '#domain/migration/parse-migration';
import { sha256Of } from '#domain/sha256';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { readJson } from './json';
import { documentKey, pinnedKeys } from './keys';
import { readPinnedMigration, readPinnedOrigin } from './pinned-migration';

export type AppliedFiles = {
  readonly migration: Migration;
  /** The way forward first. */
  readonly files: readonly Pick<ReadFile, 'role' | 'bytes'>[];
  /** Missing for our own form. */
  readonly origin?: Origin;
};

const withHashes = ({ files, ...origin }: Origin<ReadFile>): Origin => ({
  ...origin,
  files: files.map(({ role, path, bytes }) => ({ role, path, sha256: sha256Of(bytes) })),
});

const ofOtherTool = async (origin: Origin<ReadFile>): Promise<AppliedFiles> => ({
  migration: await parseOrigin(origin),
  files: origin.files,
  origin: withHashes(origin),
});

/** What of a version tells which bytes were applied. */
type Applied = Pick<LedgerEntry, 'migration' | 'version' | 'sha256' | 'runId'>;

/** Null where the run has no folder, or its folder is about another file. Errors: ChecksumMismatch where it was changed. */
const fromRun = async (store: ArtifactStore, entry: Applied): Promise<AppliedFiles | null> => {
  const keys = pinnedKeys(entry.runId);
  const pin = await readJson<RunPin>(store, keys.run);
  if (!pin || pin.sha256 !== entry.sha256 || pin.version !== entry.version) return null;
  if (pin.origin) return ofOtherTool(await readPinnedOrigin(store, pin.runId, pin.origin));
  const { migration } = await readPinnedMigration(store, pin);
  return { migration, files: [{ role: 'forward', bytes: (await store.read(keys.migration)) ?? Buffer.alloc(0) }] };
};

const fromFolder = async (
  { migrations }: Pick<Ports, 'migrations'>,
  others: OtherFolder | null,
  entry: Applied,
): Promise<AppliedFiles | null> => {
  const source = others?.migrations.find(({ fileName }) => fileName === entry.migration);
  const bytes = source ? source.origin.files[0]?.bytes : await migrations.read(entry.migration);
  if (!bytes || sha256Of(bytes) !== entry.sha256) return null;
  if (source) return ofOtherTool(source.origin);
  return { migration: await parseMigration(entry.migration, bytes), files: [{ role: 'forward', bytes }] };
};

/** Errors: InvalidInput where the bytes that were applied are nowhere. */
export const readAppliedFiles = async (
  ports: Pick<Ports, 'store' | 'migrations'>,
  others: OtherFolder | null,
  entry: Applied,
): Promise<AppliedFiles> => {
  const found = (await fromRun(ports.store, entry)) ?? (await fromFolder(ports, others, entry));
  if (found) return found;
  throw new InvalidInput(
    `the file that was applied as ${entry.migration} is nowhere: neither the folder of run ${entry.runId} nor that of the migrations holds bytes whose sha256 is ${entry.sha256}, as the ledger has it. Put the file back as it was applied, then start the rollback again`,
  );
};

/** The document that closed the run; null where there is none. */
export const closingOfRun = async (store: ArtifactStore, runId: string): Promise<EvidenceRef | null> => {
  for (const name of ['sign-off', 'close-run']) {
    const key = documentKey(runId, name);
    const bytes = await store.read(key);
    if (bytes) return { key, sha256: sha256Of(bytes) };
  }
  return null;
};
