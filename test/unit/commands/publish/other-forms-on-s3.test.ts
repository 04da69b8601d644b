/** Folders of other tools, published to a strict double of S3 and read from there as the deployed workflow reads them. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createS3ArtifactStore } from '#adapters/aws/s3-artifact-store';
import { createS3MigrationSource } from '#adapters/aws/s3-migration-source';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { publish } from '#commands/publish/publish';
import { readMigrations } from '#commands/publish/read-migrations';
import { clientSettings, s3Client, withAwsDouble } from '#test/support/aws-clients';
import { withFolder } from '#test/support/with-folder';

type Texts = Readonly<Record<string, string>>;

const goose = (table: string) =>
  `-- +goose Up\nCREATE TABLE ${table} (id int);\n-- +goose Down\nDROP TABLE ${table};\n`;

const folders: readonly (readonly [form: string, given: string | null, texts: Texts])[] = [
  ['goose', null, { '00001_a.sql': goose('a'), '00002_b.sql': goose('b') }],
  [
    'pairs',
    'pairs',
    {
      '1_a.up.sql': 'CREATE TABLE a (id int);\n',
      '1_a.down.sql': 'DROP TABLE a;\n',
      '10_c.up.sql': 'CREATE TABLE c (id int);\n',
      '2_b.up.sql': 'CREATE TABLE b (id int);\n',
      '2_b.down.sql': 'DROP TABLE b;\n',
    },
  ],
  [
    'prisma',
    null,
    {
      'migration_lock.toml': 'provider = "postgresql"\n',
      '20260101000000_a/migration.sql': 'CREATE TABLE "A" ();\n',
      '20260102000000_b/migration.sql': 'CREATE TABLE "B" ();\n',
    },
  ],
  [
    'drizzle',
    'drizzle',
    {
      'meta/_journal.json': JSON.stringify({
        version: '7',
        dialect: 'postgresql',
        entries: [
          { idx: 0, version: '7', when: 1_735_000_000_000, tag: '0000_first', breakpoints: true },
          { idx: 1, version: '7', when: 1_735_000_000_001, tag: '0001_second', breakpoints: true },
        ],
      }),
      '0000_first.sql': 'CREATE TABLE a (id int);\n--> statement-breakpoint\nCREATE TABLE b (id int);\n',
      '0001_second.sql': 'ALTER TABLE a ADD COLUMN n int;\n',
    },
  ],
];

const write = async (directory: string, texts: Texts) => {
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
};

test.each(folders)('%s: the workflow reads from S3 what lies in the folder, in the same order', (form, given, texts) =>
  withFolder((directory) =>
    withAwsDouble({ s3: { pageSize: 2 } }, async (double) => {
      await write(directory, texts);
      const s3 = { client: s3Client(clientSettings(double)), bucket: 'evidence' };
      const store = createS3ArtifactStore(s3);

      const first = await publish(await readMigrations(directory, given), { store, remove: false });
      const again = await publish(await readMigrations(directory, given), { store, remove: false });

      const [there, here] = [createS3MigrationSource(s3), createFolderMigrationSource(directory, given)];
      expect(new Set(first.map(({ change }) => change))).toEqual(new Set(['new']));
      expect(new Set(again.map(({ change }) => change))).toEqual(new Set(['unchanged']));
      const [others, own] = [await there.readOthers(), await here.readOthers()];
      expect(others?.form).toBe(form);
      expect(others?.migrations.length).toBeGreaterThan(1);
      expect(others?.migrations).toEqual(own?.migrations);
      expect(await there.list()).toEqual(await here.list());
    }),
  ),
);

test('a folder that takes another form is published as that one, and what is gone is removed only when asked', () =>
  withFolder((directory) =>
    withAwsDouble({}, async (double) => {
      const s3 = { client: s3Client(clientSettings(double)), bucket: 'evidence' };
      const store = createS3ArtifactStore(s3);
      await write(path.join(directory, 'old'), { '00001_a.sql': goose('a') });
      await write(path.join(directory, 'new'), {
        '1_a.up.sql': 'CREATE TABLE a ();\n',
        '1_a.down.sql': 'DROP TABLE a;\n',
      });
      await publish(await readMigrations(path.join(directory, 'old')), { store, remove: false });
      const changed = await readMigrations(path.join(directory, 'new'));

      await expect(publish(changed, { store, remove: false })).rejects.toThrow(/00001_a\.sql was published earlier/);
      await publish(changed, { store, remove: true });

      expect((await createS3MigrationSource(s3).readOthers())?.form).toBe('pairs');
      expect(double.s3.bucket.keys('migrations/').filter((key) => key.includes('00001'))).toEqual([]);
    }),
  ));
