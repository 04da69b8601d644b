import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readLinkKey } from '#local/link-key';
import { withFolder } from '#test/support/with-folder';

test('the key is made once, 32 bytes, for its owner only, and stays the same', () =>
  withFolder(async (directory) => {
    const folder = path.join(directory, 'made', 'when-needed');

    const key = await readLinkKey(folder);

    expect(key).toHaveLength(32);
    expect(await readLinkKey(folder)).toEqual(key);
    expect(await readFile(path.join(folder, 'link-key'))).toEqual(key);
    expect((await stat(path.join(folder, 'link-key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['link-key']);
  }));

test('two folders have two keys', () =>
  withFolder((one) =>
    withFolder(async (other) => {
      expect(await readLinkKey(one)).not.toEqual(await readLinkKey(other));
    }),
  ));

test('a key that is too short to be one is refused by name, not used', () =>
  withFolder(async (directory) => {
    await writeFile(path.join(directory, 'link-key'), Buffer.alloc(31));

    await expect(readLinkKey(directory)).rejects.toThrow(/link-key holds 31 bytes, expected 32.*Remove it/);
    expect(await readdir(directory)).toEqual(['link-key']);
  }));
