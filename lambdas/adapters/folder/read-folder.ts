/** The one reader of migration folders on this machine, whatever form they are in. */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInput } from '#domain/errors';
import type { FolderFile } from '#domain/folders/folder';
import { namedEndings } from '#domain/folders/not-read';

/** The files by which forms are recognised: SQL, and settings beside it. */
const isRead = (name: string) => /\.(sql|toml|conf)$/i.test(name) || name === '_journal.json';

/** Files of which only the name is told: programs and templates, and what marks a form. */
const isNamed = (name: string) =>
  name === 'snapshot.json' || namedEndings.includes(/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '');

export type FolderEntry = { readonly name: string; readonly isFolder: boolean };

export type ReadFolder = {
  readonly files: readonly FolderFile[];
  /** Folders that are too deep to be read, with a slash at the end. */
  readonly deeper: readonly string[];
};

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Lists the folder itself; reads no file. Errors: InvalidInput when it is not there or cannot be read. */
export const listFolder = async (directory: string): Promise<readonly FolderEntry[]> => {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (cause) {
    const code = codeOf(cause);
    const what =
      code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : `cannot be read (${code})`;
    throw new InvalidInput(
      `${directory} ${what}; expected the folder with the migrations, which --help says how to name`,
      { cause },
    );
  }
};

const readIfThere = (directory: string, name: string): Buffer | null => {
  const file = path.join(directory, name);
  try {
    // The thousands of small files of a folder take a tenth of the processor time that asynchronous reading takes.
    return readFileSync(file);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new InvalidInput(
      `${file} cannot be read (${codeOf(cause)}); expected a file that you may read. Make it readable, or move it out of the folder`,
      { cause },
    );
  }
};

/** Exact bytes; null when there is no such file. Errors: InvalidInput when it cannot be read. */
export const readFolderFile = async (directory: string, name: string): Promise<Buffer | null> =>
  readIfThere(directory, name);

const readListed = (directory: string, name: string): Buffer => {
  const bytes = readIfThere(directory, name);
  if (bytes) return bytes;
  throw new InvalidInput(
    `${path.join(directory, name)} leads to a file that does not exist; expected a file that you may read. Repair the link, or remove it from the folder`,
  );
};

const readBelow = async (directory: string, prefix: string): Promise<ReadFolder> => {
  const files: FolderFile[] = [];
  const deeper: string[] = [];
  for (const { name, isFolder } of await listFolder(directory)) {
    if (isFolder && prefix === '') {
      const below = await readBelow(path.join(directory, name), `${name}/`);
      files.push(...below.files);
      deeper.push(...below.deeper);
    } else if (isFolder) deeper.push(`${prefix}${name}/`);
    else if (isRead(name)) files.push({ path: `${prefix}${name}`, bytes: readListed(directory, name) });
    else if (isNamed(name)) files.push({ path: `${prefix}${name}`, bytes: Buffer.alloc(0) });
  }
  return { files, deeper };
};

/**
 * The files of a folder and of the folders in it; the folders below these are only named. Errors: InvalidInput when the
 * folder or a file in it cannot be read.
 */
export const readFolder = (directory: string): Promise<ReadFolder> => readBelow(directory, '');
