/** Reads the files of a folder and of the folders in it; the folders below these are only named. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInput } from '#domain/errors';
import type { FolderFile } from '#domain/folders/folder';

/** What forms are told by: SQL, settings beside it, and Go files, which are named as not run. */
const isOfInterest = (name: string) => /\.(sql|toml|conf|go)$/i.test(name);

export type ReadFolder = {
  readonly files: readonly FolderFile[];
  /** Folders that lie too deep to be read, with a slash at the end. */
  readonly deeper: readonly string[];
};

const entriesOf = async (directory: string) => {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is no folder' : `cannot be read (${code})`;
    throw new InvalidInput(`${directory} ${what}; expected the folder with the migrations`);
  }
};

const readFileOf = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'leads to a file that does not exist' : `cannot be read (${code})`;
    throw new InvalidInput(
      `${file} ${what}; expected a file that you may read. Make it readable, or move it out of the folder`,
    );
  }
};

const readBelow = async (directory: string, prefix: string): Promise<ReadFolder> => {
  const files: FolderFile[] = [];
  const deeper: string[] = [];
  for (const entry of await entriesOf(directory)) {
    const [file, name] = [path.join(directory, entry.name), `${prefix}${entry.name}`];
    if (entry.isDirectory() && prefix === '') {
      const below = await readBelow(file, `${name}/`);
      files.push(...below.files);
      deeper.push(...below.deeper);
    } else if (entry.isDirectory()) deeper.push(`${name}/`);
    else if (isOfInterest(entry.name)) files.push({ path: name, bytes: await readFileOf(file) });
  }
  return { files, deeper };
};

/** Errors: InvalidInput when the folder or a file in it cannot be read. */
export const readFolder = (directory: string): Promise<ReadFolder> => readBelow(directory, '');
