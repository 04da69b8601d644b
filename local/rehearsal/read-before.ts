/** The file of SQL that is run before the first migration. */
import path from 'node:path';
import { readFolderFile } from '#adapters/folder/read-folder';
import { InvalidInput } from '#domain/errors';
import type { Script } from '#domain/folders/folder';
import { wholeFile } from '#domain/folders/script';

/** Null where none is named. Errors: InvalidInput when it is not there. */
export const readBefore = async (file: string | null): Promise<Script | null> => {
  if (file === null) return null;
  const bytes = await readFolderFile(path.dirname(file), path.basename(file));
  if (bytes) return wholeFile({ path: file, bytes });
  throw new InvalidInput(`--before is "${file}", which does not exist; expected a file of SQL`);
};
