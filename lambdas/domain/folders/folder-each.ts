/** Forms with a folder for each migration, in the order of the folders' names: Diesel and others, Prisma. */
import { byName, fileNameOf, folderOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { unlessEmpty, wholeFile } from './script';

type FileNames = { readonly up: string; readonly down: string };

/** Diesel's `metadata.toml`. */
const leavesTransaction = (settings: FolderFile | undefined) =>
  /^\s*run_in_transaction\s*=\s*false\b/m.test(settings?.bytes.toString('utf8') ?? '');

const readFolders = (files: readonly FolderFile[], { up, down }: FileNames) => {
  const folders = new Map<string, Map<string, FolderFile>>();
  for (const file of files) {
    const folder = folderOf(file.path) ?? '';
    folders.set(folder, (folders.get(folder) ?? new Map()).set(fileNameOf(file.path), file));
  }
  const names = [...folders.keys()].sort(byName);
  return {
    migrations: names.flatMap((name) => {
      const forwards = folders.get(name)?.get(up);
      const back = folders.get(name)?.get(down);
      const inTransaction = !leavesTransaction(folders.get(name)?.get('metadata.toml'));
      if (!forwards) return [];
      return [
        {
          name,
          up: wholeFile(forwards, inTransaction),
          down: back ? unlessEmpty(wholeFile(back, inTransaction)) : null,
        },
      ];
    }),
    notes: names.filter((name) => !folders.get(name)?.has(up)).map((name) => `${name}/ has no ${up}: it is not run`),
  };
};

const claimsNames =
  (...names: readonly string[]): FolderForm['claims'] =>
  ({ path }) =>
    folderOf(path) !== null && names.includes(fileNameOf(path));

export const upAndDownFolders: FolderForm = {
  name: '<name>/up.sql and down.sql',
  claims: claimsNames('up.sql', 'down.sql', 'metadata.toml'),
  read: (files) => readFolders(files, { up: 'up.sql', down: 'down.sql' }),
};

/** Prisma itself never goes back; its documentation has people keep a `down.sql` beside the migration. */
export const prisma: FolderForm = {
  name: 'Prisma',
  claims: claimsNames('migration.sql', 'down.sql'),
  read: (files) => readFolders(files, { up: 'migration.sql', down: 'down.sql' }),
};
