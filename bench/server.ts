/** A server of its own for one measurement. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { findBinaries } from '#local/postgres/binaries';
import { makePostgresHome } from '#local/postgres/home';
import { runAsForThisProcess } from '#local/postgres/run-as';
import { createCluster, startServer } from '#local/postgres/server';

const superuser = { user: 'bench', password: 'bench' };

/** Hands over an empty database, and removes server and files afterwards. `programs` is a folder with another server's programs. */
export const withServer = async <T>(
  work: (connection: ConnectionSettings) => Promise<T>,
  programs: string | null = null,
  settings: Record<string, string> = {},
): Promise<T> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'migration-checklist-bench-'));
  // mkdtemp makes 0700, which the user that PostgreSQL runs as could not enter.
  await chmod(directory, 0o755);
  const home = await makePostgresHome(path.join(directory, 'postgres'), runAsForThisProcess());
  try {
    const binaries =
      programs === null
        ? await findBinaries(home)
        : {
            initdb: path.join(programs, 'initdb'),
            postgres: path.join(programs, 'postgres'),
            runAs: runAsForThisProcess(),
          };
    const data = path.join(home, 'data');
    // Every version knows this locale.
    await createCluster(binaries, data, superuser, programs === null ? undefined : ['--locale=C']);
    const { host, port, stop } = await startServer(binaries, data, superuser, { fsync: 'off', ...settings });
    try {
      return await work({ host, port, ...superuser, database: 'postgres', tls: false, pooled: false });
    } finally {
      await stop();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  }
};
