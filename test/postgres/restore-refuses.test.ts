/** What a restore refuses before it touches anything, and how it goes on after it was interrupted. */

import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { restoreTables } from '#adapters/postgres/backup/restore-tables';
import { restoreWhole } from '#adapters/postgres/backup/restore-whole';
import { openStoredFolder, type StoredFolder } from '#adapters/postgres/backup/stored-folder';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { readManifest } from '#test/support/backup-folder';
import { type BackupFixture, target, withBackups } from '#test/support/backups';
import { withClient, withDatabase } from '#test/support/postgres';
import { withFolder } from '#test/support/with-folder';

jest.setTimeout(60_000);

const run = (connection: ConnectionSettings, sql: string) => withClient(connection, (client) => client.query(sql));

const key = 'b/manifest.json';
const none = { production: false, inUse: false };

const withBackup = (
  work: (
    fixture: BackupFixture & { readonly folder: StoredFolder; readonly into: ConnectionSettings },
  ) => Promise<void>,
) =>
  withBackups(async (fixture) => {
    await run(
      fixture.connection,
      // Two megabytes each, so that each has a file of its own.
      `CREATE TABLE a AS SELECT g AS id, repeat(md5(g::text), 12) AS text FROM generate_series(1, 4000) g;
         CREATE TABLE b AS SELECT * FROM a; ALTER TABLE a ADD PRIMARY KEY (id); CREATE INDEX ON b (id)`,
    );
    await fixture.backups.make(target, key);
    const folder = await openStoredFolder(fixture.store, key, null);
    await withDatabase((into) => work({ ...fixture, folder, into }));
  });

const tablesIn = async (connection: ConnectionSettings) =>
  (await run(connection, "SELECT relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384 ORDER BY 1")).rows.map(
    ({ relname }) => relname as string,
  );

const hasMark = async (connection: ConnectionSettings) =>
  (await run(connection, "SELECT FROM pg_namespace WHERE nspname = 'migration_checklist_restore'")).rowCount === 1;

test('each target that is not one for it is refused in one sentence, and nothing is in it afterwards', () =>
  withBackup(async ({ store, folder, into }) => {
    const manifest = await readManifest(store, key);
    const of = (source: Partial<typeof manifest.source>) => ({
      ...folder,
      manifest: { ...manifest, source: { ...manifest.source, ...source } },
    });
    const refused = (one: StoredFolder, connection = into) => restoreWhole(connection, one, { although: none });

    await expect(refused(of({ server: 990_001 }))).rejects.toThrow(
      /^nothing was restored into the database "test_\w+": the server is PostgreSQL \d+, and the backup is of PostgreSQL 99; restore it on 99 or newer$/,
    );
    await expect(refused(of({ encoding: 'LATIN1' }))).rejects.toThrow(
      /encoding UTF8, and the backup LATIN1; make it with/,
    );
    await withClient(into, async () => {
      await expect(refused(folder)).rejects.toThrow(/others are connected to it: 1 of role .*--although-in-use/);
    });
    await expect(
      restoreTables(into, folder, { tables: ['a'], although: none, clock: { now: () => new Date() } }),
    ).rejects.toThrow(/it carries no staging mark; .*--although-production/);
    expect(await tablesIn(into)).toEqual([]);
    await run(into, 'CREATE TABLE mine ()');
    await expect(refused(folder)).rejects.toThrow(
      /it is not empty: 1 object, among them table public\.mine; .*--table/,
    );
    expect(await tablesIn(into)).toEqual(['mine']);
    expect(await hasMark(into)).toBe(false);
  }));

test.each([
  ['rows', (file: string) => file.includes('rows/0002')],
  ['the schema after the rows', (file: string) => file.includes('after-rows')],
  ['large objects', (file: string) => file.includes('large-objects')],
])('a restore that loses %s is marked as half, says so, and goes on with the same command', (_, isLost) =>
  withBackup(async ({ store, into }) => {
    let isBroken = true;
    const reads: string[] = [];
    const folder = await openStoredFolder(
      {
        ...store,
        readStream: async (name) => {
          reads.push(name);
          if (isBroken && isLost(name)) throw new Error('the network is gone');
          return store.readStream(name);
        },
      },
      key,
      null,
    );

    await expect(restoreWhole(into, folder, { although: none })).rejects.toThrow('the network is gone');
    const wasMarked = await hasMark(into);
    const begun = reads.filter((name) => name.includes('rows/0001')).length;
    isBroken = false;
    const restored = await restoreWhole(into, folder, { although: none });

    expect(restored.differences).toEqual([]);
    expect(restored.wasBegun).toBe(wasMarked);
    expect(wasMarked).toBe(true);
    // What stood after the first attempt was not read again.
    expect(reads.filter((name) => name.includes('rows/0001')).length).toBe(Math.max(1, begun));
    expect(await hasMark(into)).toBe(false);
    expect(await tablesIn(into)).toEqual(['a', 'b']);
    expect((await run(into, 'SELECT count(*)::int AS rows FROM a JOIN b USING (id)')).rows).toEqual([{ rows: 4000 }]);
  }),
);

test('a session that the server ends at a table is one message, and the next attempt brings everything', () =>
  withBackup(async ({ store, into }) => {
    let ended = 0;
    const folder = await openStoredFolder(
      {
        ...store,
        readStream: async (name) => {
          if (name.includes('rows/') && ended === 0) {
            ended += 1;
            await run(
              into,
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'migration-checklist backup'`,
            );
          }
          return store.readStream(name);
        },
      },
      key,
      null,
    );

    await expect(restoreWhole(into, folder, { although: none })).rejects.toMatchObject({ name: 'DatabaseUnreachable' });
    expect(await hasMark(into)).toBe(true);

    expect((await restoreWhole(into, folder, { although: { ...none, inUse: true } })).differences).toEqual([]);
    expect(await hasMark(into)).toBe(false);
  }));

test('a database that is half restored takes no other backup', () =>
  withBackup(async ({ folder, into }) => {
    const broken = { ...folder, require: async () => Promise.reject(new Error('the network is gone')) };
    await expect(restoreWhole(into, broken, { although: none })).rejects.toThrow('the network is gone');

    await expect(restoreWhole(into, { ...folder, manifestSha256: 'f'.repeat(64) }, { although: none })).rejects.toThrow(
      /^the database is half restored from another backup, .*drop the database and make it anew$/,
    );
  }));

/** A file system of that size for the test server's files; null where this process may not mount one. */
const mountSmall = async (directory: string, megabytes: number): Promise<(() => void) | null> => {
  const { rows } = await withDatabase((connection) => run(connection, 'SHOW data_directory'));
  const { uid, gid } = statSync(rows[0]?.data_directory as string);
  const options = `size=${megabytes}m,mode=0700,uid=${uid},gid=${gid}`;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', directory], { stdio: 'ignore' });
    return () => execFileSync('umount', [directory]);
  } catch {
    return null;
  }
};

/** A database whose files lie there. */
const withTablespace = (directory: string, work: (connection: ConnectionSettings) => Promise<void>) =>
  withDatabase((server) =>
    withClient(server, async (client) => {
      const database = `${server.database}_small`;
      await client.query(`CREATE TABLESPACE small_disk LOCATION '${directory}'`);
      try {
        await client.query(`CREATE DATABASE ${database} TEMPLATE template0 STRATEGY FILE_COPY TABLESPACE small_disk`);
        await work({ ...server, database });
      } finally {
        await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
        await client.query('DROP TABLESPACE small_disk');
      }
    }),
  );

test('a full disk is one message, nothing looks whole, and with room again the same restore brings everything', () =>
  withFolder((directory) =>
    withBackup(async ({ folder }) => {
      // 8 MB of an empty database and two tables of 2 MB, with an index each.
      const unmount = await mountSmall(directory, 11);
      if (!unmount) return console.warn('not tried: a small file system can be mounted by root only');
      try {
        await withTablespace(directory, async (into) => {
          await expect(restoreWhole(into, folder, { although: none })).rejects.toMatchObject({
            name: 'DatabaseUnreachable',
            message: expect.stringMatching(
              /COPY public\..*No space left on device.*is not at fault\. Make room on the server's disk/s,
            ),
          });
          expect(await hasMark(into)).toBe(true);

          execFileSync('mount', ['-o', 'remount,size=64m', directory]);
          expect((await restoreWhole(into, folder, { although: none })).differences).toEqual([]);
          expect(await hasMark(into)).toBe(false);
        });
      } finally {
        unmount();
      }
    }),
  ));
