/** Migrations in a folder of this machine. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInput } from '#domain/errors';
import type { MigrationSource } from '#lambdas/ports/store';

const isChecks = (name: string) => name.endsWith('.checks.sql');

const isMigration = (name: string) => name.endsWith('.sql') && !isChecks(name);

const byVersion = (a: string, b: string) =>
  (Number.parseInt(a, 10) || 0) - (Number.parseInt(b, 10) || 0) || (a < b ? -1 : 1);

/** Errors: InvalidInput when the folder cannot be read or holds checks of no migration. */
export const createFolderMigrationSource = (directory: string): MigrationSource => ({
  list: async () => {
    const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
      throw new InvalidInput(
        `the migrations folder ${directory} cannot be read (${cause.code}); name an existing one with --migrations`,
        { cause },
      );
    });
    const stray = names.find((name) => isChecks(name) && !names.includes(name.replace(/\.checks\.sql$/, '.sql')));
    if (stray)
      throw new InvalidInput(
        `${stray} belongs to no migration: there is no ${stray.replace(/\.checks\.sql$/, '.sql')} beside it; rename or remove it, else its tests would never run`,
      );
    return names.filter(isMigration).sort(byVersion);
  },
  read: async (fileName) => {
    // A name, never a path: what a run may ask for lies in this folder.
    if (path.basename(fileName) !== fileName) return null;
    return readFile(path.join(directory, fileName)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return null;
      throw new InvalidInput(`${fileName} cannot be read (${cause.code}); check its permissions`, { cause });
    });
  },
});
