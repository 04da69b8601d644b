/** Migrations of our own form in a folder of this machine. */
import path from 'node:path';
import { listOurs } from '#domain/folders/ours';
import type { MigrationSource } from '#lambdas/ports/store';
import { listFolder, readFolderFile } from './read-folder';

/** Errors: InvalidInput when the folder or a file cannot be read, and when it holds checks of no migration. */
export const createFolderMigrationSource = (directory: string): MigrationSource => ({
  list: async () => listOurs((await listFolder(directory)).map(({ name }) => name)),
  // A name, never a path: a run may read only files in this folder.
  read: async (fileName) => (path.basename(fileName) === fileName ? readFolderFile(directory, fileName) : null),
});
