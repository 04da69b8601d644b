/** A database that a tool has brought to where it is, adopted and taken one migration further. */
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { doorMigrationOf, namedDoorOf } from '#domain/doors/choose';
import { parseOrigin } from '#domain/folders/parse-origin';
import type { Migration } from '#domain/migration/migration';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { filesOf } from '#lambdas/record/pinned-migration';
import { type AdoptionClaim, type AdoptionPlan, planAdoption, recordAdoption } from '#local/adopt';
import { databaseAt, lease, limits, runOf, target } from '#test/postgres/database-arrangements';
import { memoryDocuments, memoryStore } from '#test/support/fake-ports';

export const claim: AdoptionClaim = {
  by: 'ada@example.org',
  baseline: null,
  because: null,
  table: null,
  runId: 'adopted-1',
};

const readOthers = async (directory: string, form: string | null) => {
  const others = await createFolderMigrationSource(directory, form).readOthers();
  if (!others) throw new Error(`${directory} is in no other tool's form`);
  return others;
};

const partsOf = (connection: ConnectionSettings) => ({
  database: databaseAt(connection),
  store: memoryStore(),
  documents: memoryDocuments(),
});

export const adopt = async (
  connection: ConnectionSettings,
  directory: string,
  given: Partial<AdoptionClaim> = {},
  form: string | null = null,
): Promise<AdoptionPlan> => {
  const others = await readOthers(directory, form);
  const parts = partsOf(connection);
  const plan = await planAdoption(parts, { others, files: filesOf(others) }, { ...claim, ...given });
  if (plan.entries.length > 0) await recordAdoption(parts, plan, { ...claim, ...given });
  return plan;
};

export type Next = { readonly migration: Migration; rollBack(): Promise<void> };

/** Applies one migration as Step 8 does, with the row of the tool. */
export const applyNext = async (
  connection: ConnectionSettings,
  directory: string,
  { door, next }: AdoptionPlan,
  form: string | null = null,
): Promise<Next> => {
  const others = await readOthers(directory, form);
  const source = others.migrations.find(({ fileName }) => fileName === next);
  if (!source || !door) throw new Error(`nothing to apply: ${next}`);
  const migration = await parseOrigin(source.origin);
  const work = { ...namedDoorOf(door), migration: doorMigrationOf(source) };
  const database = databaseAt(connection);
  const { version, fileName, sha256 } = migration;
  const run = runOf('run-1', { version, migration: fileName, sha256 });
  await database.acquireLease(target, { ...lease('run-1', 60_000), run });
  const entry = { ...run, appliedBy: 'ada@example.org' };
  await database.applyMigration(target, { statements: migration.statements, entry, limits, door: work });
  const rollBack = async () => {
    const { statements } = migration.rollback;
    await database.rollBack(target, { applied: run, by: run, statements, limits, door: work });
  };
  return { migration, rollBack };
};
