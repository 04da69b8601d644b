import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readChangedMigrations } from '#local/pull-request/changed-migrations';
import { withFolder } from '#test/support/with-folder';

const changedIn = (
  tree: Readonly<Record<string, string>>,
  changed: readonly string[],
  { named = [], removed = [] }: { readonly named?: readonly string[]; readonly removed?: readonly string[] } = {},
) =>
  withFolder(async (root) => {
    for (const [name, text] of Object.entries(tree)) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await writeFile(path.join(root, name), text);
    }
    const files = [
      ...changed.map((name) => ({ path: name, isRemoved: false })),
      ...removed.map((name) => ({ path: name, isRemoved: true })),
    ];
    const found = await readChangedMigrations(files, {
      root,
      named: named.map((name) => path.join(root, name)),
      form: null,
    });
    return {
      ...found,
      folders: found.folders.map(({ folder, read, changed: own }) => [
        folder,
        read.formId,
        own.map(({ name }) => name),
      ]),
    };
  });

const pairs = {
  'db/1_a.up.sql': 'CREATE TABLE a ();',
  'db/1_a.down.sql': 'DROP TABLE a;',
  'db/2_b.up.sql': 'CREATE TABLE b ();',
  'db/2_b.down.sql': 'DROP TABLE b;',
};

test('a changed file stands for its migration, whichever of its two files it is', async () => {
  expect((await changedIn(pairs, ['db/2_b.down.sql', 'README.md'])).folders).toEqual([['db', 'pairs', ['2_b']]]);
});

test('in a form with a folder each, the folder above is the one of the migrations', async () => {
  const prisma = {
    'prisma/migrations/20250101000000_a/migration.sql': 'CREATE TABLE a ();',
    'prisma/migrations/20250102000000_b/migration.sql': 'CREATE TABLE b ();',
  };

  expect((await changedIn(prisma, ['prisma/migrations/20250102000000_b/migration.sql'])).folders).toEqual([
    ['prisma/migrations', 'prisma', ['20250102000000_b']],
  ]);
});

test('several folders of a repository are each read in their own form', async () => {
  const tree = { ...pairs, 'other/1_x.sql': '-- +goose Up\nSELECT 1;\n' };

  expect((await changedIn(tree, ['other/1_x.sql', 'db/1_a.up.sql'])).folders).toEqual([
    ['other', 'goose', ['1_x']],
    ['db', 'pairs', ['1_a']],
  ]);
});

test('what is no migration is passed over by name, and what was removed is named', async () => {
  const tree = { ...pairs, 'queries/report.sql': 'SELECT 1;' };

  expect(await changedIn(tree, ['queries/report.sql'], { removed: ['db/0_z.up.sql', 'a.txt'] })).toEqual({
    folders: [],
    unreadable: [],
    passedOver: ['queries/report.sql'],
    removed: ['db/0_z.up.sql'],
  });
});

test('a folder that its own tool would refuse is no folder without migrations', async () => {
  const mixed = {
    'db/1_a.sql': '-- +goose Up\nSELECT 1;\n',
    'db/2_b.sql': '-- migrate:up\nSELECT 1;\n-- migrate:down\n',
  };

  const { folders, unreadable, passedOver } = await changedIn(mixed, ['db/2_b.sql']);

  expect({ folders, passedOver }).toEqual({ folders: [], passedOver: [] });
  expect(unreadable).toEqual([{ folder: 'db', because: expect.stringContaining('the migrations are in 2 forms') }]);
});

test('where folders are named, only they count', async () => {
  const tree = { ...pairs, 'seeds/1_people.sql': 'SELECT 1;' };

  expect(await changedIn(tree, ['seeds/1_people.sql', 'db/1_a.up.sql'], { named: ['db'] })).toMatchObject({
    folders: [['db', 'pairs', ['1_a']]],
    passedOver: ['seeds/1_people.sql'],
  });
  await expect(changedIn(pairs, [], { named: ['../elsewhere'] })).rejects.toThrow('outside of the repository');
});
