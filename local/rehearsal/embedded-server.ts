/** A PostgreSQL server of our own for one rehearsal: made, used and removed. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { withSession } from '#adapters/postgres/session/session';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { findBinaries } from '#local/postgres/binaries';
import { createCluster, startServer } from '#local/postgres/server';
import { dataDirectoryName, withDataFolder } from './data-folder';

/** Listens on loopback only, for the length of one command, and holds nobody's data. */
const superuser = { user: 'postgres', password: 'rehearsal' };

/** Nothing on this server outlives the command, so nothing of it needs to survive a crash. */
const settings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // What is not replicated and not archived need not be logged for it.
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Its workers would be connected to a database that is about to be copied.
  autovacuum: 'off',
  // The copies ask for checkpoints; others would only come in between.
  checkpoint_timeout: '1h',
  max_wal_size: '1GB',
  // A migration that drops a large schema locks all of it.
  max_locks_per_transaction: '512',
};

// Hashing the password 4,096 times, as PostgreSQL does to slow down guessing, takes most of a session's start; there
// is nothing here to guess for, and a rehearsal starts several sessions for each migration.
const hastenLogins = (server: ConnectionSettings) =>
  withSession(server, (session) =>
    session.query(
      `SET scram_iterations = 1; ALTER ROLE ${superuser.user} PASSWORD ${session.escapeLiteral(superuser.password)}`,
    ),
  );

/** Hands over the server's own database, and always removes the server and its files afterwards. */
export const withEmbeddedServer = async <T>(
  home: string,
  work: (server: ConnectionSettings) => Promise<T>,
): Promise<T> => {
  await mkdir(home, { recursive: true });
  const binaries = await findBinaries(home);
  return withDataFolder(async (folder) => {
    const directory = path.join(folder, dataDirectoryName);
    await createCluster(binaries, directory, superuser);
    const { host, port, stop } = await startServer(binaries, directory, superuser, settings);
    try {
      const server = { host, port, ...superuser, database: 'postgres', tls: false, pooled: false };
      await hastenLogins(server);
      return await work(server);
    } finally {
      await stop();
    }
  }, binaries.runAs);
};
