/** The key from which links, codes and sealed tokens are derived; made once, readable to its owner only. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { count } from '#domain/count';

const keyBytes = 32;

/** Throws when the kept key is too short. */
export const readLinkKey = async (stateDirectory: string): Promise<Buffer> => {
  const file = path.join(stateDirectory, 'link-key');
  const aside = `${file}.${process.pid}`;
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(aside, randomBytes(keyBytes), { mode: 0o600, flush: true });
  try {
    await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
  const key = await readFile(file);
  if (key.length < keyBytes)
    throw new Error(
      `${file} holds ${count(key.length, 'byte')}, expected ${keyBytes}: links and codes made with it could be guessed. Remove it; waiting approvals must then be requested again`,
    );
  return key;
};
