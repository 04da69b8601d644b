/** A server of a major version for the length of a callback. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { findBinaries } from '#local/postgres/binaries';
import { makePostgresHome } from '#local/postgres/home';
import { createCluster, startServer } from '#local/postgres/server';

const superuser = { user: 'owner', password: 'test-only' };

/** The product's own version is the one that its package brings. */
const ownVersion = 17;

export const versions = [15, 16, ownVersion, 18] as const;

const packageOf = (version: number) =>
  version === ownVersion ? undefined : path.join(__dirname, 'programs', 'node_modules', `postgres-${version}`);

/** Hands over a new server's own database. */
export const withVersion = async <T>(
  version: (typeof versions)[number],
  work: (connection: ConnectionSettings) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(path.join(tmpdir(), `migration-checklist-${version}-`));
  // mkdtemp makes 0700, which the user that PostgreSQL runs as could not enter.
  await chmod(folder, 0o755);
  try {
    const binaries = await findBinaries(folder, packageOf(version));
    const directory = path.join(await makePostgresHome(path.join(folder, 'postgres'), binaries.runAs), 'data');
    await createCluster(binaries, directory, superuser, ['--locale=C']);
    const { host, port, stop } = await startServer(binaries, directory, superuser, { fsync: 'off', autovacuum: 'off' });
    try {
      return await work({ host, port, ...superuser, database: 'postgres', tls: false, pooled: false });
    } finally {
      await stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
