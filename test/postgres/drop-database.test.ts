/** A role that is no superuser drops its own database while autovacuum works there. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dropDatabase } from '#adapters/postgres/scratch/scratch-database';
import { withSession } from '#adapters/postgres/session/session';
import { findBinaries } from '#local/postgres/binaries';
import { makePostgresHome } from '#local/postgres/home';
import { createCluster, startServer } from '#local/postgres/server';
import { withClient } from '#test/support/postgres';

const role = 'dropping_owner';
const database = 'dropping_copy';

const superuser = { user: 'owner', password: 'test-only' };
let folder = '';
let server: Awaited<ReturnType<typeof startServer>>;

const asSuperuser = () => {
  const { host, port } = server;
  return { host, port, ...superuser, database: 'postgres', tls: false, pooled: false };
};
const asOwner = (name: string) => ({ ...asSuperuser(), user: role, password: 'test-only', database: name });

const administer = async (...statements: readonly string[]) => {
  for (const sql of statements) await withClient(asSuperuser(), (client) => client.query(sql));
};

/** Slow, so that it is still at work when the database is dropped. */
const slowly = 'autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 1';

const waitForAutovacuum = () =>
  withClient(asSuperuser(), async (client) => {
    for (let looks = 0; looks < 450; looks += 1) {
      const { rowCount } = await client.query(
        "SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = $1 AND query LIKE 'autovacuum: VACUUM%busy'",
        [database],
      );
      if (rowCount) return;
      await client.query('SELECT pg_sleep(0.1)');
    }
    throw new Error('autovacuum did not begin within 45 s');
  });

/** A server of its own: autovacuum would come into the way of other tests' tables. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-test-'));
  await chmod(folder, 0o755);
  const binaries = await findBinaries(folder);
  const home = await makePostgresHome(path.join(folder, 'postgres'), binaries.runAs);
  await createCluster(binaries, path.join(home, 'data'), superuser);
  server = await startServer(binaries, path.join(home, 'data'), superuser, { fsync: 'off', autovacuum_naptime: '1s' });
  await administer(`CREATE ROLE ${role} LOGIN CREATEDB PASSWORD 'test-only'`);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a database is dropped while autovacuum works in it, and our own session there ends', async () => {
  await withSession(asOwner('postgres'), (session) => session.query(`CREATE DATABASE ${database}`));
  // In a session that ends: only then it is sure that autovacuum hears of the dead rows.
  await withSession(asOwner(database), async (session) => {
    await session.query(
      `CREATE TABLE busy WITH (${slowly}) AS SELECT n, repeat('x', 200) AS text FROM generate_series(1, 100000) AS n`,
    );
    await session.query('UPDATE busy SET n = n + 1');
  });
  const left = withSession(asOwner(database), (session) => session.query('SELECT pg_sleep(120)')).catch(
    (error: unknown) => error,
  );
  await waitForAutovacuum();

  await withSession(asOwner('postgres'), async (session) => {
    await expect(session.query(`DROP DATABASE ${database} WITH (FORCE)`)).rejects.toMatchObject({ code: '42501' });
    await dropDatabase(session, database);
    expect((await session.query('SELECT FROM pg_database WHERE datname = $1', [database])).rowCount).toBe(0);
  });
  expect(await left).toMatchObject({ name: 'DatabaseUnreachable' });
});
