import { buffer } from 'node:stream/consumers';
import { ownMethod } from '#adapters/postgres/backup/compression';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import type { BackupRecord } from '#domain/backup/backup';
import { StoreFailed } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { ArtifactStore } from '#lambdas/ports/store';
import { compress, decompress, readManifest, rewriteBackup } from '#test/support/backup-folder';
import { target, withBackups, withRole, withServer } from '#test/support/backups';
import { withClient } from '#test/support/postgres';

jest.setTimeout(30_000);

const scratch = 'refuses';
const scratchDatabase = 'migration_checklist_refuses';

const run = (connection: ConnectionSettings, sql: string) => withClient(connection, (client) => client.query(sql));

const smallSchema = `
  CREATE TABLE job (id int GENERATED ALWAYS AS IDENTITY CONSTRAINT job_key PRIMARY KEY, note text);
  CREATE INDEX job_note ON job (note);
  INSERT INTO job (note) VALUES ('first'), ('second')`;

const scratchExists = () =>
  withServer(
    async (server) =>
      (await server.query('SELECT FROM pg_database WHERE datname = $1', [scratchDatabase])).rowCount === 1,
  );

const ourSessions = ({ database }: ConnectionSettings) =>
  withServer(async (server) => {
    const { rows } = await server.query(
      "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name = 'migration-checklist backup'",
      [database],
    );
    return rows.map(({ pid }): number => pid);
  });

const manifestKey = 'b/manifest.json';
const beforeRows = `b/before-rows${ownMethod.extension}`;

const isManifestThere = async (store: ArtifactStore) => (await store.list('')).includes(manifestKey);

const readWhole = async (store: ArtifactStore, key: string) => buffer(await store.readStream(key));

test.each([
  [
    'a changed byte',
    (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte))),
  ],
  ['a missing end', (bytes: Buffer) => bytes.subarray(0, -20)],
  ['another file', () => Buffer.from('DROP TABLE job;')],
  ['an empty file', () => Buffer.alloc(0)],
])('%s in the store is found before anything of it is run', (_, change) =>
  withBackups(async ({ connection, store, backups }) => {
    await run(connection, smallSchema);
    const backup = await backups.make(target, manifestKey);
    const files = (await store.list('b/')).filter((key) => !/README|roles|rows\//.test(key));
    const found: string[] = [];

    expect(files).toEqual(expect.arrayContaining([beforeRows, manifestKey]));
    for (const key of files) {
      const original = await readWhole(store, key);
      await store.write(key, change(original));
      // A restore that ran something would find the table there already.
      const { isEqual, tablesCompared, differences } = await backups.verify(target, backup, scratch);
      await store.write(key, original);
      expect({ key, isEqual, tablesCompared }).toEqual({ key, isEqual: false, tablesCompared: 0 });
      found.push(...differences);
    }

    expect(found).toEqual(
      files.map((key) => expect.stringMatching(new RegExp(`^the stored file ${key} (has|is not) `))),
    );
  }),
);

test('rows that are not those that were stored are not in the restored table for a moment', () =>
  withBackups(async ({ connection, store, backups }) => {
    await run(connection, smallSchema);
    const backup = await backups.make(target, manifestKey);
    const { rows } = await readManifest(store, manifestKey);
    const key = `b/${rows[0]?.name}`;
    await store.write(
      key,
      await compress((await decompress(await readWhole(store, key))).toString().replace('second', 'SECOND')),
    );

    const comparison = await backups.verify(target, backup, scratch);

    expect(comparison).toMatchObject({ isEqual: false, tablesCompared: 0 });
    expect(comparison.differences).toEqual([
      expect.stringMatching(/^the stored file b\/rows\/0001\.sql\.(gz|zst) has \d+ bytes/),
    ]);
  }));

test('a backup that is not in the store is StoreFailed', () =>
  withBackups(async ({ store, backups }) => {
    const backup = await backups.make(target, manifestKey);
    await store.remove(manifestKey);

    await expect(backups.verify(target, backup, scratch)).rejects.toThrow(StoreFailed);
  }));

/** What was changed in the dump, how, and the sentence that must say so. */
const changes: readonly [string, (sql: string) => string, RegExp][] = [
  [
    'a changed row',
    (sql: string) => sql.replace('\tsecond\n', '\tSECOND\n'),
    /^table public\.job: its 2 rows differ after the restore/,
  ],
  ['a lost row', (sql: string) => sql.replace('2\tsecond\n', ''), /^table public\.job: 2 rows were saved, 1 restored$/],
  [
    'a lost index',
    (sql: string) => sql.replace(/CREATE INDEX [^;]*;/, ''),
    /job_note.*: it was saved, but is missing after the restore$/,
  ],
  [
    'another type',
    (sql: string) => sql.replace('note text', 'note varchar'),
    /public\.job\.note: it has another type after the restore$/,
  ],
  [
    'another sequence value',
    (sql: string) => sql.replace(/(setval\(.*), 2, true/, '$1, 3, true'),
    /^sequence public\.job_id_seq: its value was 2, and is 3 after the restore$/,
  ],
  [
    'a table too many',
    (sql: string) => sql.replace('CREATE TABLE', 'CREATE TABLE public.more ();CREATE TABLE'),
    /^table public\.more: it was not saved, but exists after the restore$/,
  ],
  [
    'a statement that fails',
    (sql: string) => sql.replace('USING btree (note)', 'USING btree (nothing)'),
    /^"CREATE INDEX job_note .* of the dump did not run: column "nothing" does not exist$/,
  ],
  [
    'rows that do not fit',
    (sql: string) => sql.replace('2\tsecond\n', 'two\tsecond\n'),
    /^"COPY public\.job .* of the dump did not run: invalid input syntax for type integer: "two"$/,
  ],
  [
    'no end of the rows',
    (sql: string) => sql.replace(/\n\\\.\n.*/s, '\n'),
    /^the dump ends within the rows of "COPY public\.job/,
  ],
  [
    'a statement among the rows',
    (sql: string) => sql.replace('COPY public.job', 'DROP SCHEMA public;\nCOPY public.job'),
    /^the file rows\/0001\.sql\.(gz|zst) holds "DROP SCHEMA public;"; the manifest says "COPY public\.job/,
  ],
  [
    'rows of another table',
    (sql: string) => sql.replace('COPY public.job', 'COPY public.other'),
    /^the file rows\/0001\.sql\.(gz|zst) holds "COPY public\.other .*the manifest says "COPY public\.job/,
  ],
  [
    'no rows at all',
    (sql: string) => sql.replace(/COPY public\.job.*/s, ''),
    /^the file rows\/0001\.sql\.(gz|zst) ends after 0 of its 1 parts/,
  ],
  [
    'no end of a statement',
    (sql: string) => sql.replace(/USING btree \(note\).*/s, ''),
    /^the dump ends within the statement "CREATE INDEX job_note/,
  ],
  [
    'a command for psql',
    (sql: string) => sql.replace('\nALTER TABLE', '\n\\! touch /tmp/x\nALTER TABLE'),
    /psql command "\\! touch \/tmp\/x"/,
  ],
];

test('whatever is changed in a dump is named as a difference, and the scratch database is dropped each time', () =>
  withBackups(async (fixture) => {
    const { connection, store, backups } = fixture;
    await run(connection, smallSchema);
    const backup = await backups.make(target, manifestKey);
    const originals = await Promise.all(
      (await store.list('b/')).map(async (key) => [key, await readWhole(store, key)] as const),
    );
    const unnamed: unknown[] = [];

    for (const [what, change, sentence] of changes) {
      for (const [key, bytes] of originals) await store.write(key, bytes);
      const record = await rewriteBackup(store, backup, change);
      const { isEqual, differences } = await backups.verify(target, record, scratch);
      if (isEqual || !differences.some((difference) => sentence.test(difference)) || (await scratchExists()))
        unnamed.push({ what, differences });
    }

    expect(unnamed).toEqual([]);
  }));

test('a role that may not read a table cannot make a backup, and the message names both', () =>
  withRole('backup_stranger', () =>
    withBackups(
      async ({ connection, store, backups }) => {
        await run(
          connection,
          'CREATE TABLE open (a int); GRANT SELECT ON open TO backup_stranger; CREATE TABLE secret (a int)',
        );

        const making = backups.make(target, manifestKey);

        await expect(making).rejects.toMatchObject({
          name: 'VerificationFailed',
          message: expect.stringMatching(/role "backup_stranger": permission denied for table secret; grant the role/),
        });
        expect(await isManifestThere(store)).toBe(false);
        await run(connection, 'DROP OWNED BY backup_stranger');
      },
      { user: 'backup_stranger' },
    ),
  ));

test('rows hidden by row security are an error and not a smaller backup', () =>
  withRole('backup_limited', () =>
    withBackups(
      async ({ connection, store, backups }) => {
        await run(
          connection,
          `CREATE TABLE hidden (a int); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
           CREATE POLICY none ON hidden USING (false); GRANT SELECT ON hidden TO backup_limited`,
        );

        await expect(backups.make(target, manifestKey)).rejects.toThrow(/row-level security policy for table "hidden"/);
        expect(await isManifestThere(store)).toBe(false);
        await run(connection, 'DROP OWNED BY backup_limited');
      },
      { user: 'backup_limited' },
    ),
  ));

test('a role without CREATEDB cannot verify, and the message says what it needs', () =>
  withRole('backup_no_createdb', () =>
    withBackups(
      async ({ backups }) => {
        const backup = await backups.make(target, manifestKey);

        await expect(backups.verify(target, backup, scratch)).rejects.toMatchObject({
          name: 'VerificationFailed',
          message: expect.stringMatching(
            /^role "backup_no_createdb" may not create databases.*"migration_checklist_refuses".*CREATEDB/,
          ),
        });
      },
      { user: 'backup_no_createdb' },
    ),
  ));

test('a table that somebody is rewriting is LockNotAvailable with that session named, and nothing is stored', () =>
  withBackups(
    async ({ connection, store, backups }) => {
      await run(connection, smallSchema);
      await withClient(connection, async (other) => {
        await other.query("SET application_name = 'the nightly job'; BEGIN; LOCK TABLE job IN ACCESS EXCLUSIVE MODE");

        await expect(backups.make(target, manifestKey)).rejects.toMatchObject({
          name: 'LockNotAvailable',
          retry: 'later',
          message: expect.stringMatching(
            /^blocked by process \d+, application the nightly job,.* which locks public\.job;.*pg_terminate_backend\(\d+\): .*within 50 ms/,
          ),
        });
      });
      expect(await isManifestThere(store)).toBe(false);
      expect(await backups.make(target, manifestKey)).toMatchObject({ key: manifestKey });
    },
    { lockTimeoutMs: 50 },
  ));

test('a view that somebody is changing while pg_dump spells it out is LockNotAvailable too', () =>
  withBackups(
    async ({ connection, store, backups }) => {
      await run(
        connection,
        'CREATE VIEW inner_view AS SELECT 1 AS a; CREATE VIEW outer_view AS SELECT a FROM inner_view',
      );
      await withClient(connection, async (other) => {
        await other.query('BEGIN; ALTER VIEW inner_view SET (security_barrier)');

        await expect(backups.make(target, manifestKey)).rejects.toMatchObject({ name: 'LockNotAvailable' });
      });
      expect(await isManifestThere(store)).toBe(false);
    },
    { lockTimeoutMs: 50 },
  ));

test('a session that is lost while pg_dump reads is DatabaseUnreachable, and nothing is stored', () =>
  withBackups(async ({ connection, store, backups }) => {
    await run(
      connection,
      'CREATE VIEW inner_view AS SELECT 1 AS a; CREATE VIEW outer_view AS SELECT a FROM inner_view',
    );
    await withClient(connection, async (other) => {
      await other.query('BEGIN; ALTER VIEW inner_view SET (security_barrier)');
      const making = backups.make(target, manifestKey);
      making.catch(() => undefined);
      const endWaiting = `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'inner_view'::regclass`;
      while ((await other.query(endWaiting)).rowCount === 0);

      await expect(making).rejects.toMatchObject({ name: 'DatabaseUnreachable', retry: 'later' });
    });
    expect(await isManifestThere(store)).toBe(false);
  }));

test('a database that cannot be reached is DatabaseUnreachable', () =>
  withBackups(async ({ store, backups }) => {
    await expect(backups.make({ ...target, database: 'no_such_database' }, manifestKey)).rejects.toMatchObject({
      name: 'DatabaseUnreachable',
    });
    expect(await isManifestThere(store)).toBe(false);
  }));

test('a store that fails half-way is what the backup fails with, and no session stays open', () =>
  withBackups(
    async ({ connection, backups }) => {
      await run(connection, 'CREATE TABLE big AS SELECT g, md5(g::text) FROM generate_series(1, 300000) g');

      await expect(backups.make(target, manifestKey)).rejects.toThrow('the bucket is gone');

      expect(await ourSessions(connection)).toEqual([]);
    },
    {
      wrapStore: (store) => ({
        ...store,
        writeStream: async (key, source) => {
          if (!key.includes('rows/')) return store.writeStream(key, source);
          for await (const chunk of source) if (chunk.length) break;
          throw new StoreFailed('the bucket is gone');
        },
      }),
    },
  ));

test('a file that cannot be read to its end while it is restored is StoreFailed, and the scratch database is dropped', () => {
  let reads = 0;
  return withBackups(
    async ({ connection, backups }) => {
      await run(connection, smallSchema);
      const backup = await backups.make(target, manifestKey);

      await expect(backups.verify(target, backup, scratch)).rejects.toMatchObject({
        name: 'StoreFailed',
        message: expect.stringMatching(
          /b\/rows\/0001\.sql\.(gz|zst) could not be read to its end: the network is gone/,
        ),
      });

      expect(reads).toBe(1);
      expect(await scratchExists()).toBe(false);
    },
    {
      wrapStore: (store) => ({
        ...store,
        readStream: async (key) => {
          const stream = await store.readStream(key);
          if (!key.includes('rows/')) return stream;
          reads += 1;
          return stream.destroy(new Error('the network is gone'));
        },
      }),
    },
  );
});

test('a backup that fails after its rows has no manifest, and is none', () =>
  withBackups(
    async ({ connection, store, backups }) => {
      await run(connection, smallSchema);

      await expect(backups.make(target, manifestKey)).rejects.toThrow('division by zero');

      expect((await store.list('')).length).toBeGreaterThan(3);
      expect(await isManifestThere(store)).toBe(false);
      await expect(backups.verify(target, { key: manifestKey, sha256: 'a' } as BackupRecord, scratch)).rejects.toThrow(
        /there is no b\/manifest\.json: the backup was not finished/,
      );
    },
    { readCatalog: async (session) => ({ objects: (await session.query('SELECT 1 / 0')).rows }) },
  ));

test('the scratch database is dropped when the comparison fails, also under somebody who is connected to it', () => {
  let isVerifying = false;
  return withBackups(
    async ({ connection, backups }) => {
      await run(connection, smallSchema);
      const backup = await backups.make(target, manifestKey);
      isVerifying = true;

      await withClient(connection, async () => {
        await expect(backups.verify(target, backup, scratch)).rejects.toThrow('division by zero');
      });

      expect(await scratchExists()).toBe(false);
    },
    {
      readCatalog: async (session) => {
        if (isVerifying) await session.query('SELECT 1 / 0');
        return readCatalog(session);
      },
    },
  );
});
