import { type CopyDatabase, createPlainServerPlatform } from '#adapters/postgres/plain-server/plain-server-platform';
import { withScratchDatabase } from '#adapters/postgres/scratch/with-scratch-database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withClient } from '#test/support/postgres';
import { type Arranged, withLimitedRole, withTarget } from './database-arrangements';

const dayMs = 24 * 3_600_000;

// The real time: whoever makes a scratch database drops what has expired by then, and other tests do so on this server.
const now = new Date();
const soon = new Date(now.getTime() + 60_000);
const expiresAt = new Date(now.getTime() + dayMs);

const run = (connection: ConnectionSettings, sql: string) =>
  withClient(connection, async (client) => (await client.query(sql)).rows);

/** Copies one table: what a copy is made of is not the platform's business. */
const copyJobs: CopyDatabase = async (from, to) => {
  const rows = await run(from, 'SELECT id FROM jobs');
  await run(to, `CREATE TABLE jobs (id int); INSERT INTO jobs VALUES ${rows.map(({ id }) => `(${id})`).join(', ')}`);
  return [];
};

const urlOf = ({ host, port, user, password, database }: ConnectionSettings) =>
  `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;

const platformOf = (
  connection: ConnectionSettings,
  { at = now, backupCopy = copyJobs }: { at?: Date; backupCopy?: CopyDatabase } = {},
) => createPlainServerPlatform({ url: urlOf(connection), clock: { now: () => at }, backupCopy });

/** Names that no other test uses; what is left of them is dropped. */
const withServer = <T>(work: (arranged: Arranged & { readonly branch: string }) => Promise<T>): Promise<T> =>
  withTarget('CREATE TABLE jobs (id int); INSERT INTO jobs VALUES (1), (2)', async (arranged) => {
    const branch = `branch_${arranged.connection.database}`;
    try {
      return await work({ ...arranged, branch });
    } finally {
      for (const name of await databasesLike(arranged, branch))
        await arranged.query(`DROP DATABASE "${name}" WITH (FORCE)`);
    }
  });

const databasesLike = async ({ query }: Arranged, part: string) =>
  (await query(`SELECT datname FROM pg_database WHERE datname LIKE 'migration_checklist_%${part}%' ORDER BY 1`)).map(
    ({ datname }) => String(datname),
  );

test('the target is described by its system and its oid, and by nothing that a plain server does not know', () =>
  withServer(async ({ connection, query }) => {
    const [row] = await query(
      'SELECT oid, (SELECT system_identifier::text AS id FROM pg_control_system()) FROM pg_database WHERE datname = current_database()',
    );

    expect(await platformOf(connection).describeTarget()).toEqual({
      platform: 'postgres',
      projectId: row?.['id'],
      branchId: `database:${row?.['oid']}`,
      branchName: connection.database,
      database: connection.database,
      isDefault: null,
      isProtected: null,
      storageLimitBytes: null,
    });
  }));

test('a branch is a database of its own with what the target holds, and the target stays as it is', () =>
  withServer(async ({ connection, branch, query }) => {
    const platform = platformOf(connection);

    const made = await platform.createBranch({ name: branch, expiresAt, compute: true });
    const at = await platform.connection({ branchId: made.branchId });
    await run(at, 'DELETE FROM jobs WHERE id = 1');

    expect(made).toEqual({
      branchId: `migration_checklist_${branch}`,
      name: branch,
      parentLsn: null,
      isRestorable: true,
      server: 'shared',
      createdAt: now.toISOString(),
      expiresAt: expiresAt.toISOString(),
    });
    expect(at).toEqual({ ...connection, database: made.branchId });
    expect(await run(at, 'SELECT id FROM jobs')).toEqual([{ id: 2 }]);
    expect(await query('SELECT count(*)::int AS n FROM jobs')).toEqual([{ n: 2 }]);
  }));

test('asking for the same branch again gives the same one, untouched', () =>
  withServer(async ({ connection, branch }) => {
    const first = await platformOf(connection).createBranch({ name: branch, expiresAt, compute: true });
    await run({ ...connection, database: first.branchId }, 'INSERT INTO jobs VALUES (3)');

    const later = platformOf(connection, { at: soon });
    const second = await later.createBranch({ name: branch, expiresAt, compute: true });

    expect(second).toEqual(first);
    expect(await run({ ...connection, database: first.branchId }, 'SELECT count(*)::int AS n FROM jobs')).toEqual([
      { n: 3 },
    ]);
  }));

test("settings of the target's database hold on the branch", () =>
  withServer(async ({ connection, branch, query }) => {
    await query(`CREATE SCHEMA app; ALTER DATABASE ${connection.database} SET search_path = app, public, "Odd, one"`);
    await query(`ALTER DATABASE ${connection.database} SET app.tenant = 'x'`);

    const { branchId } = await platformOf(connection).createBranch({ name: branch, expiresAt, compute: true });

    const show = "SELECT current_setting('search_path') AS path, current_setting('app.tenant') AS tenant";
    expect(await run({ ...connection, database: branchId }, show)).toEqual(await query(show));
  }));

test('a copy that fails leaves no database behind and says why', () =>
  withServer(async (arranged) => {
    const { connection, branch } = arranged;
    const platform = platformOf(connection, {
      backupCopy: async () => {
        throw new Error('the dump broke off');
      },
    });

    await expect(platform.createBranch({ name: branch, expiresAt, compute: true })).rejects.toMatchObject({
      name: 'PlatformFailed',
      message: expect.stringContaining('the dump broke off'),
    });
    expect(await databasesLike(arranged, branch)).toEqual([]);
  }));

test('a copy that was interrupted is made anew', () =>
  withServer(async ({ connection, branch, query }) => {
    const name = `migration_checklist_${branch}`;
    const note = JSON.stringify({
      madeBy: 'migration-checklist',
      name: branch,
      isReady: false,
      createdAt: now.toISOString(),
      expiresAt: expiresAt.toISOString(),
    });
    await query(`CREATE DATABASE ${name}`);
    await query(`COMMENT ON DATABASE ${name} IS '${note}'`);

    await platformOf(connection).createBranch({ name: branch, expiresAt, compute: true });

    expect(await run({ ...connection, database: name }, 'SELECT count(*)::int AS n FROM jobs')).toEqual([{ n: 2 }]);
  }));

test('expired branches are dropped when the next one is made, others stay', () =>
  withServer(async (arranged) => {
    const { connection, branch } = arranged;
    const early = platformOf(connection);
    await early.createBranch({ name: `${branch}_a`, expiresAt: soon, compute: true });
    await early.createBranch({ name: `${branch}_b`, expiresAt, compute: true });

    await platformOf(connection, { at: soon }).createBranch({ name: `${branch}_c`, expiresAt, compute: true });

    expect(await databasesLike(arranged, branch)).toEqual(
      ['b', 'c'].map((letter) => `migration_checklist_${branch}_${letter}`),
    );
  }));

test('the database of a restore that was left behind is dropped when the next branch is made after its day', () =>
  withServer(async (arranged) => {
    const { connection, branch } = arranged;
    const restore = `migration_checklist_${branch}_restore`;
    const clock = { now: () => new Date(soon.getTime() - dayMs) };
    const tools = { connection: async () => connection, clock };
    const wasThere: boolean[] = [];

    await withScratchDatabase(tools, { branchId: 'target' }, restore, async () => {
      for (const at of [now, soon]) {
        await platformOf(connection, { at }).createBranch({ name: branch, expiresAt, compute: true });
        await platformOf(connection, { at }).deleteBranch(`migration_checklist_${branch}`);
        wasThere.push((await databasesLike(arranged, branch)).includes(restore));
      }
    });

    expect(wasThere).toEqual([true, false]);
  }));

test('a branch is dropped although somebody is connected, and dropping it again is no error', () =>
  withServer(async (arranged) => {
    const { connection, branch } = arranged;
    const platform = platformOf(connection);
    const { branchId } = await platform.createBranch({ name: branch, expiresAt, compute: true });

    await withClient({ ...connection, database: branchId }, async (client) => {
      client.on('error', () => undefined);
      await platform.deleteBranch(branchId);
    });
    await platform.deleteBranch(branchId);

    expect(await databasesLike(arranged, branch)).toEqual([]);
  }));

test('neither the target nor a database of somebody else is ever dropped', () =>
  withServer(async (arranged) => {
    const { connection, branch, query } = arranged;
    const platform = platformOf(connection);
    const stranger = `migration_checklist_${branch}`;
    await query(`CREATE DATABASE ${stranger}`);
    const { branchId } = await platform.describeTarget();

    for (const id of ['target', branchId, connection.database, stranger, 'postgres'])
      await expect(platform.deleteBranch(id)).rejects.toMatchObject({ name: 'PlatformFailed' });
    await expect(platform.createBranch({ name: branch, expiresAt, compute: true })).rejects.toMatchObject({
      name: 'PlatformFailed',
      message: expect.stringContaining('was not made by migration-checklist'),
    });
    expect(await databasesLike(arranged, branch)).toEqual([stranger]);
    expect(await query('SELECT count(*)::int AS n FROM jobs')).toEqual([{ n: 2 }]);
  }));

test('the error for a role that may not create databases gives the remedy', () =>
  withServer((arranged) =>
    withLimitedRole(arranged, async (role) => {
      const made = platformOf(role.connection).createBranch({ name: arranged.branch, expiresAt, compute: true });

      await expect(made).rejects.toMatchObject({
        name: 'PlatformFailed',
        message: expect.stringContaining(`run ALTER ROLE "${role.name}" CREATEDB as a superuser`),
      });
    }),
  ));

test('a long name is cut so that two branches never share a database', () =>
  withServer(async (arranged) => {
    const platform = platformOf(arranged.connection);
    const long = `${arranged.branch}-${'x'.repeat(60)}`;

    const first = await platform.createBranch({ name: `${long}-1`, expiresAt, compute: true });
    const second = await platform.createBranch({ name: `${long}-2`, expiresAt, compute: true });

    expect(first.branchId).toHaveLength(63);
    expect(second.branchId).not.toBe(first.branchId);
    expect((await databasesLike(arranged, arranged.branch)).sort()).toEqual([first.branchId, second.branchId].sort());
  }));

test('without an archived log a restore point is no more than a position in it, and needs no deleting', () =>
  withServer(async ({ connection, branch }) => {
    const platform = platformOf(connection);

    const point = await platform.createBranch({ name: branch, expiresAt, compute: false });
    await platform.deleteBranch(point.branchId);

    expect(point).toMatchObject({
      name: branch,
      isRestorable: false,
      server: 'shared',
      parentLsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/),
    });
    expect(point.branchId).toBe(`log-position:${point.parentLsn}`);
  }));

test('connections are given for the target, its scratch databases and branches, and for nothing else', () =>
  withServer(async ({ connection }) => {
    const platform = platformOf(connection);
    const { branchId } = await platform.describeTarget();
    const branch = 'migration_checklist_x';

    expect(await platform.connection({ branchId: 'target' })).toEqual(connection);
    expect(await platform.connection({ branchId })).toEqual(connection);
    expect(await platform.connection({ branchId: 'target', database: 'scratch' })).toMatchObject({
      database: 'scratch',
    });
    expect(await platform.connection({ branchId: branch, database: connection.database })).toMatchObject({
      database: branch,
    });
    expect(await platform.connection({ branchId: branch, database: 'scratch' })).toMatchObject({ database: 'scratch' });
    await expect(platform.connection({ branchId: 'database:1' })).rejects.toMatchObject({ name: 'PlatformFailed' });
    await expect(platform.connection({ branchId: 'postgres' })).rejects.toThrow('there is no branch "postgres"');
  }));
