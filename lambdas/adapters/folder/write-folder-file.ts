/** Writes one file into a folder of migrations, whole or not at all. */
import { link, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInput } from '#domain/errors';
import { readFolderFile } from './read-folder';

/**
 * `before` is what the file holds, as it was read; null: it must not be there. Errors: InvalidInput where it holds something else by
 * now, or cannot be written.
 */
export const writeFolderFile = async (
  directory: string,
  name: string,
  { before, text }: { readonly before: Buffer | null; readonly text: string },
): Promise<void> => {
  const file = path.join(directory, name);
  const aside = `${file}.${process.pid}.new`;
  const changed = () =>
    new InvalidInput(`${file} was changed since it was read, so nothing was written into it. Run the command again`);
  const now = await readFolderFile(directory, name);
  if (before === null ? now !== null : !now?.equals(before)) throw changed();
  try {
    const mode = before === null ? 0o644 : (await stat(file)).mode;
    await writeFile(aside, text, { mode, flag: 'wx' });
    // A link, unlike a rename, does not take the place of a file that came meanwhile.
    if (before === null) await link(aside, file);
    else await rename(aside, file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw changed();
    throw new InvalidInput(
      `${file} could not be written (${code}); expected a folder that you may write into. Make it writable, or leave --write out`,
      { cause },
    );
  } finally {
    await rm(aside, { force: true });
  }
};
