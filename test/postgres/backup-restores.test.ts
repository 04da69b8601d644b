import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { copyDatabase } from '#adapters/postgres/backup/copy-database';
import { restoreFolder } from '#adapters/postgres/backup/restore-folder';
import { openStoredFolder } from '#adapters/postgres/backup/stored-folder';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { writeMark } from '#adapters/postgres/own-schema/identity-and-mark';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readManifest, textOfBackup } from '#test/support/backup-folder';
import { target, withBackups, withRole } from '#test/support/backups';
import { withClient, withDatabase } from '#test/support/postgres';
import { databaseAt, lease, plan, runOf } from './database-arrangements';

// A backup and its restore are some 200 statements and two starts of pg_dump; other suites want the processor too.
jest.setTimeout(30_000);

const scratch = 'restores';

const run = (connection: ConnectionSettings, sql: string) => withClient(connection, (client) => client.query(sql));

const restoreInto = async (connection: ConnectionSettings, store: ArtifactStore, key: string) => {
  const folder = await openStoredFolder(store, key, null);
  return restoreFolder(connection, folder, { readCatalog });
};

const sizeOfFolder = async (store: ArtifactStore, prefix: string) => {
  const sizes = (await store.list(prefix)).map(async (key) => (await store.read(key))?.length ?? 0);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

/** Roles are of the whole server, on which another file has its own at the same time. */
const reader = 'restores_reader';

const nastySchema = async () =>
  (await readFile(path.join(__dirname, '..', 'support', 'nasty-schema.sql'), 'utf8')).replaceAll(
    'backup_reader',
    reader,
  );

test('a nasty schema comes back identical, by our comparison and by a second dump', () =>
  withRole(reader, () =>
    withBackups(async ({ connection, store, backups }) => {
      await run(connection, await nastySchema());

      const backup = await backups.make(target, 'first/manifest.json');
      const comparison = await backups.verify(target, backup, scratch);

      expect(comparison).toMatchObject({ isEqual: true, differences: [], tablesCompared: backup.tables.length });
      expect(backup.tables.map(({ table, rows }) => [table, rows])).toEqual([
        [`"Odd Schema; -- not a comment"."Ta""ble with \\ and 'quotes'"`, 1],
        ['migration_checklist.ledger', 1],
        ['public.booking', 1],
        ['public.by_mood', 30],
        ['public.child', 1],
        ['public.measured_2025_north', 2],
        ['public.measured_rest', 1],
        ['public.no_columns', 3],
        ['public.node', 2],
        ['public.only_generated', 1],
        ['public.parent', 1],
        ['public.uneven', 1600],
        ['public.unlogged', 2],
        ['public.values_of_all_kinds', 6],
        ['pg_catalog.pg_largeobject', 3],
      ]);

      const first = await textOfBackup(store, 'first/manifest.json');
      await withDatabase(async (copy) => {
        await restoreInto(copy, store, 'first/manifest.json');
        await withBackups(async (second) => {
          const copied = await second.backups.make({ ...target, database: copy.database }, 'second/manifest.json');

          expect(await textOfBackup(second.store, 'second/manifest.json')).toBe(first);
          expect(copied.catalogFingerprint).toBe(backup.catalogFingerprint);
        });
      });
    }),
  ));

test('what is restored is held by nobody and marked by nobody, and its ledger is the one of before', () =>
  withBackups(async ({ connection, store, backups }) => {
    await run(connection, 'CREATE TABLE t (a int)');
    const database = databaseAt(connection);
    await writeMark(connection, {
      environment: 'staging',
      projectId: 'project-1',
      branchId: 'br-1',
      markedBy: 'ada@example.org',
      markedAt: '2026-11-20T08:00:00.000Z',
    });
    await database.acquireLease(target, lease('run-0', 3_600_000));
    await database.applyMigration(target, plan(['SELECT 1'], runOf('run-0')));
    await database.releaseLease(target, runOf('run-0'));
    await database.acquireLease(target, lease('run-1', 3_600_000, { version: '002' }));

    const backup = await backups.make(target, 'held/manifest.json');
    const comparison = await backups.verify(target, backup, scratch);

    expect(comparison).toMatchObject({ isEqual: true, tablesCompared: backup.tables.length });
    await withDatabase(async (copy) => {
      await restoreInto(copy, store, 'held/manifest.json');
      const restored = databaseAt(copy);
      expect(await restored.readMark(target)).toBeNull();
      await restored.requireFreeTarget(target, runOf('run-2'));
      expect(await restored.readLedger(target)).toEqual(await database.readLedger(target));
      await expect(database.requireFreeTarget(target, runOf('run-2'))).rejects.toMatchObject({ name: 'TargetIsBusy' });
    });
  }));

test('the backup says where it lies, what it is and what made it', () =>
  withBackups(async ({ connection, store, backups }) => {
    await run(connection, 'CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL)');

    const backup = await backups.make(target, 'backups/r-1/manifest.json');

    expect(backup).toEqual({
      key: 'backups/r-1/manifest.json',
      uri: expect.stringMatching(/^file:\/\/\/.*backups\/r-1\/manifest\.json$/),
      versionId: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      sizeBytes: await sizeOfFolder(store, 'backups/r-1/'),
      // What COPY gives for 1 and NULL.
      tables: [{ table: 'public.t', rows: 2, sha256: createHash('sha256').update('1\n\\N\n').digest('hex') }],
      catalogFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      tools: { pgDump: expect.stringMatching(/^18\./), server: expect.any(Number) },
      durationMs: expect.any(Number),
    });
  }));

test('a database without a table, and one without even the schema public, restore', () =>
  withBackups(async ({ connection, backups }) => {
    const empty = await backups.verify(target, await backups.make(target, 'empty/manifest.json'), scratch);
    await run(connection, 'DROP SCHEMA public');
    const bare = await backups.verify(target, await backups.make(target, 'bare/manifest.json'), scratch);

    expect(empty).toMatchObject({ isEqual: true, tablesCompared: 0, rowsCompared: 0, differences: [] });
    expect(bare).toMatchObject({ isEqual: true, tablesCompared: 0, rowsCompared: 0, differences: [] });
  }));

test('the dump is a plain file in the order that psql needs: tables, rows, then keys', () =>
  withBackups(async ({ connection, store, backups }) => {
    await run(
      connection,
      "CREATE TABLE t (id int PRIMARY KEY, note text); INSERT INTO t VALUES (1, E'a\\tb'), (2, E'\\\\.')",
    );

    await backups.make(target, 'plain/manifest.json');

    const text = await textOfBackup(store, 'plain/manifest.json');
    const rows = 'COPY public.t (id, note) FROM stdin;\n1\ta\\tb\n2\t\\\\.\n\\.\n';
    expect(text.indexOf('CREATE TABLE public.t')).toBeGreaterThan(0);
    expect(text.indexOf(rows)).toBeGreaterThan(text.indexOf('CREATE TABLE public.t'));
    expect(text.indexOf('ADD CONSTRAINT t_pkey PRIMARY KEY')).toBeGreaterThan(text.indexOf(rows));
    expect(text).not.toMatch(/^\\(?!\.$)/m);
  }));

test('definitions that PostgreSQL words differently after a restore are no differences', () =>
  withBackups(async ({ connection, backups }) => {
    await run(
      connection,
      `CREATE TABLE job (status varchar(20) CONSTRAINT job_status CHECK (status IN ('pending', 'done')));
       CREATE FUNCTION unnamed() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 'a; b'; SELECT 'c'; END`,
    );

    const comparison = await backups.verify(target, await backups.make(target, 'a/manifest.json'), scratch);

    expect(comparison.differences).toEqual([]);
  }));

test('hundreds of tables with names as long as they may be come back', () =>
  withBackups(async ({ connection, backups }) => {
    const tables = Array.from({ length: 200 }, (_, index) => `CREATE TABLE t${String(index).padStart(60, '_')} ()`);
    await run(connection, tables.join('; '));

    const comparison = await backups.verify(target, await backups.make(target, 'many/manifest.json'), scratch);

    expect(comparison).toMatchObject({ isEqual: true, tablesCompared: 200 });
  }));

test('the snapshot is one moment, whatever is written while it is being read', () =>
  withBackups(async ({ connection, store, backups }) => {
    await run(
      connection,
      `CREATE TABLE a (n int); CREATE TABLE z (n int);
       INSERT INTO a SELECT generate_series(1, 50000); INSERT INTO z SELECT generate_series(1, 50000)`,
    );
    let isDone = false;
    let last = 50_000;
    // Every transaction leaves as many rows in the one table as before, and the same largest number in both.
    const writing = withClient(connection, async (client) => {
      while (!isDone) {
        last += 1;
        await client.query(
          `BEGIN; INSERT INTO a VALUES (${last}); DELETE FROM a WHERE n = ${last - 50_000}; INSERT INTO z VALUES (${last}); COMMIT`,
        );
      }
    });

    const backup = await backups.make(target, 'while-writing/manifest.json').finally(() => {
      isDone = true;
    });
    await writing;

    const text = await textOfBackup(store, 'while-writing/manifest.json');
    const largestIn = (table: string) => {
      const rows = text.split(`COPY public.${table} (n) FROM stdin;\n`)[1]?.split('\n\\.\n')[0]?.split('\n') ?? [];
      return rows.reduce((largest, row) => Math.max(largest, Number(row)), 0);
    };
    const [a, z] = backup.tables;
    expect(last).toBeGreaterThan(50_010);
    expect(a?.rows).toBe(50_000);
    expect(z?.rows).toBe(largestIn('z'));
    expect(largestIn('a')).toBe(largestIn('z'));
    expect(await backups.verify(target, backup, scratch)).toMatchObject({ isEqual: true });
  }));

test('of an extension, the rows of its configuration tables are saved that it names, and no others', () =>
  withBackups(async ({ connection, backups }) => {
    await run(
      connection,
      `CREATE EXTENSION hstore;
       CREATE TABLE setting (name text, is_standard bool);
       INSERT INTO setting VALUES ('theirs', true), ('ours b', false), ('ours a', false);
       CREATE TABLE internal (name text);
       ALTER EXTENSION hstore ADD TABLE setting;
       ALTER EXTENSION hstore ADD TABLE internal;
       SET allow_system_table_mods = on;
       UPDATE pg_extension SET extconfig = ARRAY['setting'::regclass::oid], extcondition = ARRAY['WHERE NOT is_standard']
        WHERE extname = 'hstore'`,
    );

    const backup = await backups.make(target, 'a/manifest.json');

    expect(backup.tables.map(({ table, rows }) => [table, rows])).toEqual([['public.setting', 2]]);
  }));

test('a database is copied into an empty one, without a store', () =>
  withRole(reader, () =>
    withBackups(async ({ connection, backups }) => {
      await run(connection, await nastySchema());
      const { tables, catalogFingerprint } = await backups.make(target, 'original/manifest.json');

      await withDatabase(async (copy) => {
        await copyDatabase(connection, copy);

        const copied = await backups.make({ ...target, database: copy.database }, 'copy/manifest.json');
        expect(copied).toMatchObject({ tables, catalogFingerprint });
      });
    }),
  ));

test('a large table is read in pieces by several sessions, and comes back in one order', () =>
  withBackups(
    async ({ connection, store, backups }) => {
      // Of 24 MB and 18 MB: enough for several sessions.
      await run(
        connection,
        `CREATE TABLE large AS SELECT g AS id, repeat(md5(g::text), 8) AS text FROM generate_series(1, 80000) g;
         DELETE FROM large WHERE id % 3 = 0;
         CREATE TABLE other AS SELECT g AS id, repeat(md5(g::text), 6) AS text FROM generate_series(1, 80000) g;
         CREATE INDEX ON large (id); ALTER TABLE other ADD PRIMARY KEY (id); CREATE INDEX ON other (text)`,
      );

      const backup = await backups.make(target, 'pieces/manifest.json');

      const { rows } = await readManifest(store, 'pieces/manifest.json');
      expect(rows.filter(({ parts }) => parts[0]?.table === 'public.large').length).toBeGreaterThan(4);
      expect(backup.tables.map(({ table, rows: number }) => [table, number])).toEqual([
        ['public.large', 53_334],
        ['public.other', 80_000],
      ]);
      expect(await backups.verify(target, backup, scratch)).toMatchObject({ isEqual: true, rowsCompared: 133_334 });
    },
    { pieceBytes: 3_000_000 },
  ));
