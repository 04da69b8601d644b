import type { OtherFolder } from '#domain/folders/others';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { sha256Of } from '#domain/sha256';
import { run as openRollback } from '#lambdas/rollback/open-rollback';
import { ledgerEntry } from '#test/support/documents';
import { fakePorts, memoryMigrations, memoryStore, testSettings } from '#test/support/fake-ports';

const { expected } = testSettings();
const fileName = '002_create_notes.sql';
const text = '-- Purpose: notes\n-- Notes.\nCREATE TABLE notes (note_id uuid CONSTRAINT notes_pkey PRIMARY KEY);\n';

const gooseText = '-- +goose Up\nCREATE TABLE notes (note_id uuid CONSTRAINT notes_pkey PRIMARY KEY);\n';

/** A goose folder whose one file has no way back. */
const goose: OtherFolder = {
  form: 'goose',
  formName: 'goose',
  notes: [],
  migrations: [
    {
      fileName,
      version: '002',
      origin: {
        form: 'goose',
        formName: 'goose',
        name: '002_create_notes',
        previous: null,
        files: [{ role: 'forward', path: fileName, bytes: Buffer.from(gooseText) }],
      },
    },
  ],
};

type Opened = { readonly applied: string; readonly now: string; readonly others?: OtherFolder };

/** Opens the rollback of a version whose file was applied as `applied` and is now `now`. */
const open = ({ applied, now, others }: Opened) => {
  const entry: LedgerEntry = ledgerEntry({ migration: fileName, version: '002', sha256: sha256Of(applied) });
  const names = { branchName: 'staging', isDefault: false, isProtected: false };
  const ports = fakePorts({
    store: memoryStore(),
    settings: testSettings(),
    migrations: { ...memoryMigrations({ [fileName]: now }), readOthers: async () => others ?? null },
    platform: {
      describeTarget: async () => ({ platform: 'neon', ...expected, ...names, storageLimitBytes: null }),
    },
    database: {
      readMark: async () => ({ environment: 'staging', ...expected, markedBy: 'owner', markedAt: '2026-11-22' }),
      readTargetState: async () => ({ ledger: [entry], others: [], lease: null }),
      requireFreeTarget: async () => undefined,
      readToolTables: async () => [],
    },
  });
  const execution = { id: 'arn', name: 'rollback-1', startedAt: '2026-11-22T08:00:00.000Z' };
  return openRollback({ input: { migration: '002', startedBy: 'bob@example.org' }, execution }, ports);
};

test('a migration without a way back is refused with what remains, before anything is rehearsed', async () => {
  await expect(open({ applied: gooseText, now: gooseText, others: goose })).rejects.toMatchObject({
    name: 'MigrationRefused',
    message: expect.stringMatching(
      /^002_create_notes\.sql has no way back, so nothing can be rolled back; it stands as it did\. .*\. What remains: leave it standing, and undo it in a new migration/,
    ),
  });
});

test('a file that is not the one that was applied is not taken for it', async () => {
  await expect(open({ applied: text, now: `${text}-- ROLLBACK\n--   DROP TABLE notes;\n` })).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringContaining(`holds bytes whose sha256 is ${sha256Of(text)}`),
  });
});
