/** One embedded PostgreSQL for all tests of a Jest run. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBinaries } from '#local/postgres/binaries';
import { makePostgresHome } from '#local/postgres/home';
import { createCluster, startServer } from '#local/postgres/server';

const superuser = { user: 'owner', password: 'test-only' };

export default async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-test-'));
  // mkdtemp makes 0700, which the user that PostgreSQL runs as could not enter.
  await chmod(folder, 0o755);
  const binaries = await findBinaries(folder);
  const home = await makePostgresHome(path.join(folder, 'postgres'), binaries.runAs);
  const directory = path.join(home, 'data');
  await createCluster(binaries, directory, superuser);
  const server = await startServer(binaries, directory, superuser, { fsync: 'off', max_prepared_transactions: '5' });
  process.env['TEST_POSTGRES'] = JSON.stringify({ host: server.host, port: server.port, ...superuser });
  (globalThis as { testPostgres?: unknown }).testPostgres = { server, folder };
};
