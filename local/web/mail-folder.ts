/** The folder of `.eml` files, which is the one mailbox of this machine. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseMail, type ReadMail } from './mail-file';

export type StoredMail = { readonly file: string; readonly receivedAt: string; readonly mail: ReadMail };

/** False for unfinished files beside the mails and for everything that is not a plain name. */
const isMailFile = (file: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]*\.eml$/.test(file);

const isAbsence = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Null when there is no such mail. */
export const readMail = async (directory: string, file: string): Promise<StoredMail | null> => {
  if (!isMailFile(file)) return null;
  try {
    const filePath = path.join(directory, file);
    const [bytes, { mtime }] = await Promise.all([readFile(filePath), stat(filePath)]);
    return { file, receivedAt: mtime.toISOString(), mail: parseMail(bytes) };
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
};

/** File names of all mails; none when the folder is not there yet. */
export const listMails = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).filter(isMailFile);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
};

/** The newest first. */
export const readMails = async (directories: readonly string[]): Promise<readonly StoredMail[]> => {
  const mails = await Promise.all(
    directories.map(async (directory) =>
      Promise.all((await listMails(directory)).map((file) => readMail(directory, file))),
    ),
  );
  return mails
    .flat()
    .filter((mail) => mail !== null)
    .sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1));
};
