/** A pinned run in memory, with its migration in the store. */
import { parseMigration } from '#domain/migration/parse-migration';
import { pinnedKeys } from '#lambdas/record/keys';
import type { RunPin } from '#statemachine/contract';
import { type MemoryStore, memoryStore } from './fake-ports';

export const migrationName = '002_create_notes.sql';

const migrationText = `-- Purpose: notes of users
CREATE TABLE notes (note_id uuid CONSTRAINT notes_pkey PRIMARY KEY);

-- ROLLBACK
--   DROP TABLE IF EXISTS notes;
`;

/** The pin of a run of that file. */
export const pinOf = async (migration: string, text: string, differing: Partial<RunPin> = {}): Promise<RunPin> => {
  const { sha256, rollback, version, description } = await parseMigration(migration, Buffer.from(text));
  return {
    runId: 'run-1',
    migration,
    version,
    description,
    sha256,
    rollbackSha256: rollback.sha256,
    checksSha256: null,
    target: { projectId: 'project-1', branchId: 'br-staging', database: 'app' },
    pullRequest: null,
    startedBy: 'bob@example.org',
    startedAt: '2026-11-22T08:00:00.000Z',
    approvalTimeoutSeconds: 3600,
    monitorSeconds: 86_400,
    ...differing,
  };
};

export const pin = (differing: Partial<RunPin> = {}): Promise<RunPin> => pinOf(migrationName, migrationText, differing);

export const storeOfRun = async (): Promise<MemoryStore> => {
  const store = memoryStore();
  await store.write(pinnedKeys('run-1').migration, migrationText);
  return store;
};

/** A document of the store, parsed. */
export const readStored = <T>(store: MemoryStore, key: string): T => {
  const text = store.texts()[key];
  if (text === undefined) throw new Error(`there is no ${key}; there are ${Object.keys(store.texts()).join(', ')}`);
  return JSON.parse(text) as T;
};
