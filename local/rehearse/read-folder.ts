/** Reads the files of a folder and of the folders in it; what lies deeper is nobody's migration. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FolderFile } from '#domain/migration/folders/folder';
import { UsageError } from '../../command-line/exit-codes';

/** What forms are told by: SQL, settings beside it, and Go files, which are named as not run. */
const isOfInterest = (name: string) => /\.(sql|toml|conf|go)$/.test(name);

const entriesOf = async (directory: string) => {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is no folder' : `cannot be read (${code})`;
    throw new UsageError(`${directory} ${what}; expected the folder with the migrations`);
  }
};

const filesIn = async (directory: string, prefix: string): Promise<readonly FolderFile[]> => {
  const files: FolderFile[] = [];
  for (const entry of await entriesOf(directory)) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory() && prefix === '') files.push(...(await filesIn(file, `${entry.name}/`)));
    else if (!entry.isDirectory() && isOfInterest(entry.name))
      files.push({ path: `${prefix}${entry.name}`, bytes: await readFile(file) });
  }
  return files;
};

/** Errors: UsageError when the folder cannot be read. */
export const readFolder = (directory: string): Promise<readonly FolderFile[]> => filesIn(directory, '');
