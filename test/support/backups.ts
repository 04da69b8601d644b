/** Backups of a test's own database, over a folder that lives as long as the callback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { createBackups } from '#adapters/postgres/backup/backups';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import type { Session } from '#adapters/postgres/session/session';
import type { Catalog } from '#domain/catalog/catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { Backups } from '#lambdas/ports/backups';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { ArtifactStore } from '#lambdas/ports/store';
import { withDatabase } from './postgres';

export type BackupFixture = {
  readonly connection: ConnectionSettings;
  readonly store: ArtifactStore;
  readonly directory: string;
  readonly backups: Backups;
};

export const target = { branchId: 'target' } as const;

/** An empty database, an empty store, and the port over both; `overrides` replaces parts of what the port is made of. */
export const withBackups = (
  work: (fixture: BackupFixture) => Promise<void>,
  overrides: {
    readonly lockTimeoutMs?: number;
    readonly pieceBytes?: number;
    readonly user?: string;
    readonly readCatalog?: (session: Session) => Promise<Catalog>;
    readonly wrapStore?: (store: ArtifactStore) => ArtifactStore;
  } = {},
): Promise<void> =>
  withDatabase(async (connection) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'backups-'));
    const folder = createFolderArtifactStore({ directory });
    const store = overrides.wrapStore?.(folder) ?? folder;
    const { lockTimeoutMs, pieceBytes, user = connection.user } = overrides;
    const backups = createBackups({
      connection: async ({ database = connection.database }) => ({ ...connection, user, database }),
      store,
      clock: { now: () => new Date() },
      readCatalog: overrides.readCatalog ?? readCatalog,
      fingerprintOf,
      ...(lockTimeoutMs ? { lockTimeoutMs } : {}),
      ...(pieceBytes ? { pieceBytes } : {}),
    });
    try {
      await work({ connection, store, directory, backups });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

/** A client of the server itself, as superuser, in no test's database. */
export const withServer = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ ...JSON.parse(process.env['TEST_POSTGRES'] ?? '{}'), database: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** A role that may log in and nothing else; a name of its own per file, for the files share one server. */
export const withRole = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  withServer(async (server) => {
    await server.query(`CREATE ROLE ${name} LOGIN PASSWORD 'test-only'`);
    try {
      return await work();
    } finally {
      await server.query(`DROP ROLE ${name}`);
    }
  });
