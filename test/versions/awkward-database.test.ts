/** A database with everything awkward in it comes back, on each version: what pg_dump and COPY say of before and after is equal. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { createBackups } from '#adapters/postgres/backup/backups';
import { restoreWhole } from '#adapters/postgres/backup/restore-whole';
import { openStoredFolder } from '#adapters/postgres/backup/stored-folder';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { ArtifactStore } from '#lambdas/ports/store';
import { backUp } from '#local/back-up';
import { textOfBackup } from '#test/support/backup-folder';
import { withClient } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';
import { versions, withVersion } from './with-version';

const roles = ['backup_reader', 'awkward_readers', 'awkward_app', 'awkward owner'];

const silent = { onProgress: () => undefined, onMade: () => undefined };

/** As it stands in the files of a backup. */
const textOf = async (connection: ConnectionSettings, store: ArtifactStore, name: string): Promise<string> => {
  const key = `${name}/manifest.json`;
  const clock = { now: () => new Date() };
  await createBackups({ connection: async () => connection, store, clock, readCatalog, fingerprintOf }).make(
    { branchId: 'target' },
    key,
  );
  return textOfBackup(store, key);
};

const fill = async (connection: ConnectionSettings) =>
  withClient(connection, async (client) => {
    for (const role of roles) await client.query(`CREATE ROLE ${client.escapeIdentifier(role)} NOLOGIN`);
    await client.query('GRANT awkward_readers TO awkward_app');
    for (const file of ['nasty-schema.sql', 'awkward-objects.sql'])
      await client.query(await readFile(path.join(projectRoot, 'test/support', file), 'utf8'));
  });

// 17 comes back by the commands of docs/restore.md, in test/postgres/backup-commands.test.ts.
test.each(versions.filter((version) => version !== 17))('PostgreSQL %i: everything awkward comes back', (version) =>
  withVersion(version, (server) =>
    withFolder(async (folder) => {
      const store = createFolderArtifactStore({ directory: folder });
      await withClient(server, async (client) => {
        await client.query('CREATE DATABASE before_it TEMPLATE template0');
        await client.query('CREATE DATABASE after_it TEMPLATE template0');
      });
      const before = { ...server, database: 'before_it' };
      const after = { ...server, database: 'after_it' };
      await fill(before);

      const { comparison } = await backUp(
        async ({ database }) => ({ ...before, ...(database !== undefined && { database }) }),
        { store, key: 'b/manifest.json' },
        { isVerified: true, ...silent },
      );
      const restored = await restoreWhole(after, await openStoredFolder(store, 'b/manifest.json', null), {
        although: { production: false, inUse: false },
      });

      expect(comparison).toMatchObject({ isEqual: true });
      expect(restored.differences).toEqual([]);
      expect(await textOf(after, store, 'after')).toBe(await textOfBackup(store, 'b/manifest.json'));
    }),
  ),
);
