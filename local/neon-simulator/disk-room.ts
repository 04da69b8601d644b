/** How large the data may become on this disk. */
import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';

const sizeOf = async (file: string) => (await stat(file).catch(() => null))?.size ?? 0;

/** Files that vanish during the count count as 0 bytes. */
const usedBelow = async (directory: string): Promise<number> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) => {
      const file = path.join(directory, entry.name);
      return entry.isDirectory() ? usedBelow(file) : sizeOf(file);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** Bytes: what the data directory uses plus what is free for it. */
export const roomFor = async (dataDirectory: string): Promise<number> => {
  const disk = await statfs(path.dirname(dataDirectory));
  return disk.bavail * disk.bsize + (await usedBelow(dataDirectory));
};
