import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { publish } from '#commands/publish/publish';
import { readMigrations } from '#commands/publish/read-migrations';
import { memoryStore } from '#test/support/fake-ports';
import { withFolder } from '#test/support/with-folder';

const migration = (table: string) =>
  `-- Purpose: ${table}\nCREATE TABLE ${table} ();\n\n-- ROLLBACK\n--   DROP TABLE ${table};\n`;
const checks = '-- application: none, no backend yet\n';

/** A folder with these files, read as the command reads it. */
const filesOf = (texts: Readonly<Record<string, string>>) =>
  withFolder(async (directory) => {
    await mkdir(directory, { recursive: true });
    for (const [name, text] of Object.entries(texts)) await writeFile(path.join(directory, name), text);
    return readMigrations(directory);
  });

const two = { '1_a.sql': migration('a'), '1_a.checks.sql': checks, '2_b.sql': migration('b') };

test('a folder is published whole, bytes as they are, checks before the migration they belong to', async () => {
  const store = memoryStore();
  const written: string[] = [];
  const watched = {
    ...store,
    write: (key: string, body: Uint8Array | string) => {
      written.push(key);
      return store.write(key, body);
    },
  };

  await publish(await filesOf(two), { store: watched, remove: false });

  expect(store.texts()).toEqual({
    'migrations/1_a.sql': two['1_a.sql'],
    'migrations/1_a.checks.sql': checks,
    'migrations/2_b.sql': two['2_b.sql'],
  });
  expect(written).toEqual(['migrations/1_a.checks.sql', 'migrations/1_a.sql', 'migrations/2_b.sql']);
});

test('what is the same is not sent again, what was edited is', async () => {
  const store = memoryStore();
  await publish(await filesOf(two), { store, remove: false });

  const plan = await publish(await filesOf({ ...two, '2_b.sql': migration('b2') }), { store, remove: false });

  expect(plan.filter(({ change }) => change !== 'unchanged')).toEqual([{ name: '2_b.sql', change: 'changed' }]);
  expect(store.texts()['migrations/2_b.sql']).toBe(migration('b2'));
});

test('a file that is gone from the folder stops the command before anything is sent, unless it shall be removed', async () => {
  const store = memoryStore();
  await publish(await filesOf(two), { store, remove: false });
  const one = await filesOf({ '1_a.sql': migration('edited'), '1_a.checks.sql': checks });

  await expect(publish(one, { store, remove: false })).rejects.toThrow(
    'nothing was published: 2_b.sql was published earlier and is not in the folder. Put it back, name the right folder, or use --remove',
  );
  expect(store.texts()['migrations/1_a.sql']).toBe(two['1_a.sql']);

  await publish(one, { store, remove: true });
  expect(Object.keys(store.texts()).sort()).toEqual(['migrations/1_a.checks.sql', 'migrations/1_a.sql']);
});

test('one message lists every flaw of every file, and the store is not read', async () => {
  const reading = filesOf({
    '1_a.sql': 'CREATE TABLE a (;',
    '2_b.sql': migration('b'),
    '2_b.checks.sql': '-- nothing declared\n',
    '02_c.sql': migration('c'),
  });

  await expect(reading).rejects.toThrow(
    /^nothing was published\.\n {2}1_a\.sql:1:17: [\s\S]*2_b\.checks\.sql: [\s\S]*have the same version/,
  );
});

test('a folder without migrations is a wrong folder', async () => {
  await expect(filesOf({ 'README.md': '' })).rejects.toThrow(
    /there is no migration in .*; name the folder with --migrations/,
  );
});
