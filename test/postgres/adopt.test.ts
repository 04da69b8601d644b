import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { golangMigrateKey } from '#domain/doors/checksums';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { findDoor } from '#lambdas/runs/find-door';
import { adopt, applyNext } from '#test/doors/adopt';
import { withClient } from '#test/support/postgres';
import { withFolder } from '#test/support/with-folder';
import { databaseAt, target, withTarget } from './database-arrangements';

const pairs: Readonly<Record<string, string>> = {
  '1_users.up.sql': 'CREATE TABLE users (id int);\n',
  '1_users.down.sql': 'DROP TABLE users;\n',
  '2_names.up.sql': 'ALTER TABLE users ADD COLUMN name text;\n',
  '2_names.down.sql': 'ALTER TABLE users DROP COLUMN name;\n',
  '3_notes.up.sql': 'CREATE TABLE notes (id int);\n',
  '3_notes.down.sql': 'DROP TABLE notes;\n',
};

const atTwo = (version = 2, isDirty = false) => `
CREATE TABLE users (id int, name text);
CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO schema_migrations VALUES (${version}, ${isDirty})`;

type Work = Parameters<typeof withTarget<void>>[1] extends (arranged: infer Arranged) => unknown
  ? (arranged: Arranged & { readonly folder: string }) => Promise<void>
  : never;

const withPairs = (setUp: string, work: Work) =>
  withFolder(async (folder) => {
    for (const [name, text] of Object.entries(pairs)) await writeFile(path.join(folder, name), text);
    await withTarget(setUp, (arranged) => work({ ...arranged, folder }));
  });

const findAgain = async (connection: ConnectionSettings, folder: string) => {
  const others = await createFolderMigrationSource(folder).readOthers();
  const database = databaseAt(connection);
  if (!others) throw new Error('no other form');
  return findDoor({ database }, others, await database.readLedger(target));
};

test('adopting records what stands, with its row, and nothing of it is run', async () => {
  await withPairs(atTwo(), async ({ connection, database, query, folder }) => {
    const plan = await adopt(connection, folder);

    expect(plan.next).toBe('3_notes.up.sql');
    const ledger = await database.readLedger(target);
    expect(
      ledger.map(({ version, migration, appliedBy, state }) => [version, migration, appliedBy, state?.state]),
    ).toEqual([
      ['1', '1_users.up.sql', 'ada@example.org', 'adopted'],
      ['2', '2_names.up.sql', 'ada@example.org', 'adopted'],
    ]);
    expect(ledger.at(-1)).toMatchObject({
      toolRow: { tool: 'golang-migrate', schema: 'public', row: { version: '2', dirty: 'false' } },
      catalogFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(ledger.at(-1)?.state?.reason).toContain('dirty false, version 2');
    expect(await query(`SELECT to_regclass('notes') AS notes`)).toEqual([{ notes: null }]);
    expect((await adopt(connection, folder, { runId: 'adopted-2' })).entries).toEqual([]);
  });
});

test('the row of the tool is written with the migration, and goes back with its rollback', async () => {
  await withPairs(atTwo(), async ({ connection, database, query, folder }) => {
    const { rollBack } = await applyNext(connection, folder, await adopt(connection, folder));

    expect(await query('SELECT * FROM schema_migrations')).toEqual([{ version: '3', dirty: false }]);
    expect((await database.readLedger(target)).at(-1)?.toolRow).toEqual({
      tool: 'golang-migrate',
      schema: 'public',
      table: 'schema_migrations',
      row: { version: '3', dirty: 'false' },
    });
    await rollBack();
    expect(await query('SELECT * FROM schema_migrations')).toEqual([{ version: '2', dirty: false }]);
  });
});

test.each([
  ['a dirty version', atTwo(2, true), 'version 2 is dirty'],
  ['a version without a file', atTwo(7), 'has rows of no migration in the folder: 7'],
  [
    'two tables',
    `${atTwo()}; CREATE SCHEMA app; CREATE TABLE app.schema_migrations (version bigint, dirty boolean)`,
    'has 2 tables that could say what is applied',
  ],
  ['no table', 'CREATE TABLE users (id int)', 'Say how far it is with --baseline VERSION'],
])('%s is refused, and nothing is recorded', async (_, setUp, message) => {
  await withPairs(setUp, async ({ connection, database, folder }) => {
    await expect(adopt(connection, folder)).rejects.toThrow(message);

    expect(await database.readLedger(target)).toEqual([]);
  });
});

test("a person's word is recorded as no more than that", async () => {
  await withPairs('CREATE TABLE users (id int)', async ({ connection, database, folder }) => {
    await adopt(connection, folder, { baseline: '1', because: 'applied by hand' });

    const [entry, ...others] = await database.readLedger(target);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ version: '1', toolRow: null });
    expect(entry?.state?.reason).toBe("by the word of ada@example.org, no tool's table says so: applied by hand");
    expect(await findAgain(connection, folder)).toBeNull();
  });
});

test('a run is refused while the table knows more than the ledger, and when its tool has taken something back', async () => {
  await withPairs(atTwo(), async ({ connection, query, folder }) => {
    await expect(findAgain(connection, folder)).rejects.toThrow(
      '1_users.up.sql, 2_names.up.sql are applied, and the ledger does not; nothing is applied twice. Adopt the database first',
    );

    await adopt(connection, folder);
    expect(await findAgain(connection, folder)).toEqual({
      tool: 'golang-migrate',
      schema: 'public',
      table: 'schema_migrations',
    });
    await query('UPDATE schema_migrations SET version = 1');
    await expect(findAgain(connection, folder)).rejects.toThrow('its own tool has taken it back');
  });
});

test('what the tool has applied since the run was opened is not applied twice', async () => {
  await withPairs(atTwo(), async ({ connection, query, folder }) => {
    const plan = await adopt(connection, folder);
    await query('UPDATE schema_migrations SET version = 3');

    await expect(applyNext(connection, folder, plan)).rejects.toThrow('golang-migrate itself has run it since');
    expect(await query(`SELECT to_regclass('notes') AS notes`)).toEqual([{ notes: null }]);
  });
});

test('while the tool holds its lock nothing is applied, and the row is untouched', async () => {
  await withPairs(atTwo(), async ({ connection, query, folder }) => {
    const plan = await adopt(connection, folder);
    const key = golangMigrateKey('public', 'schema_migrations', `/${connection.database}`);
    await withClient(connection, async (tool) => {
      await tool.query('SELECT pg_advisory_lock($1::bigint)', [key]);

      await expect(applyNext(connection, folder, plan)).rejects.toThrow('golang-migrate itself is at work');
    });

    expect(await query('SELECT * FROM schema_migrations')).toEqual([{ version: '2', dirty: false }]);
  });
});

test('with units outside of a transaction the row comes with the last of them', async () => {
  await withFolder(async (folder) => {
    await writeFile(
      path.join(folder, '00001_users.sql'),
      '-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE users (id int);\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n-- +goose Down\nDROP TABLE users;\n',
    );
    const table = `CREATE TABLE goose_db_version (id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
      version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NOT NULL DEFAULT now());
      INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true)`;
    await withTarget(table, async ({ connection, query }) => {
      const plan = await adopt(connection, folder);
      const { rollBack } = await applyNext(connection, folder, plan);

      const versions = 'SELECT version_id::int AS version FROM goose_db_version ORDER BY id';
      expect(await query(versions)).toEqual([{ version: 0 }, { version: 1 }]);
      expect(await query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_id'::regclass`)).toEqual([
        { indisvalid: true },
      ]);
      await rollBack();
      expect(await query(versions)).toEqual([{ version: 0 }]);
    });
  });
});
