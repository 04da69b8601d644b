/** Migrations in a folder of this machine: of our own form file by file, of another tool's as the tool reads the folder. */
import path from 'node:path';
import { otherFolderIn } from '#domain/folders/others';
import { listOurs } from '#domain/folders/ours';
import type { MigrationSource } from '#lambdas/ports/store';
import { listFolder, readFolder, readFolderFile } from './read-folder';

/**
 * `form` is what `--form` names; null: the folder shows it. Errors: InvalidInput when the folder or a file cannot be read, for several
 * forms, and for checks of no migration.
 */
export const createFolderMigrationSource = (directory: string, form: string | null = null): MigrationSource => {
  const readOthers = async () => {
    const { files, deeper } = await readFolder(directory);
    return otherFolderIn(files, deeper, { form, location: directory.split(path.sep).join('/') });
  };
  return {
    readOthers,
    list: async () => {
      const others = await readOthers();
      if (others) return others.migrations.map(({ fileName }) => fileName);
      return listOurs((await listFolder(directory)).map(({ name }) => name));
    },
    // What was listed in the folder, never a path that leads out of it.
    read: async (fileName) => {
      if (path.basename(fileName) === fileName) return readFolderFile(directory, fileName);
      return (await readFolder(directory)).files.find((file) => file.path === fileName)?.bytes ?? null;
    },
  };
};
