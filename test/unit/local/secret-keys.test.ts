import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSecrets, openSigning, signingKeysIn } from '#local/secret-keys';
import { withFolder } from '#test/support/with-folder';

test('the keys are made once, 32 bytes, for their owner only, and stay the same', () =>
  withFolder(async (directory) => {
    const folder = path.join(directory, 'made', 'when-needed');

    const key = await (await openSecrets(folder)).approvalsKey();

    expect(key).toHaveLength(32);
    expect(await (await openSecrets(folder)).approvalsKey()).toEqual(key);
    expect(await readFile(path.join(folder, 'link-key'))).toEqual(key);
    expect((await readdir(folder)).sort()).toEqual(['link-key', 'watch-key']);
    for (const name of await readdir(folder)) expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
  }));

test('two folders have two keys, and so have watching and approvals', () =>
  withFolder((one) =>
    withFolder(async (other) => {
      const [ours, theirs] = [await openSecrets(one), await openSecrets(other)];

      expect(await ours.approvalsKey()).not.toEqual(await theirs.approvalsKey());
      expect(await ours.approvalsKey()).not.toEqual(await ours.watchKey());
    }),
  ));

test('a key that is too short to be one is refused by name, not used', () =>
  withFolder(async (directory) => {
    await writeFile(path.join(directory, 'link-key'), Buffer.alloc(31));

    await expect(openSecrets(directory)).rejects.toThrow(/link-key holds 31 bytes, expected 32.*Remove it/);
    expect(await readdir(directory)).toEqual(['link-key']);
  }));

test('private keys can be read by their owner only, and what they signed is verified after a restart', () =>
  withFolder(async (directory) => {
    const before = await openSigning(directory);
    const signature = await before.signDecision(Buffer.from('x'));

    const after = await openSigning(directory);

    const keys = signingKeysIn(directory);
    expect((await stat(keys)).mode & 0o777).toBe(0o700);
    expect((await readdir(keys)).sort()).toEqual(
      ['closing', 'decisions', 'requests'].flatMap((name) => [`${name}.key`, `${name}.pem`]),
    );
    for (const name of await readdir(keys))
      if (name.endsWith('.key')) expect((await stat(path.join(keys, name))).mode & 0o777).toBe(0o600);
    expect(await after.publicKeys()).toEqual(await before.publicKeys());
    expect(signature.length).toBeLessThanOrEqual(72);
  }));

test('a private key that is none is refused by name, with what happens when it is removed', () =>
  withFolder(async (directory) => {
    await openSigning(directory);
    await writeFile(path.join(signingKeysIn(directory), 'decisions.key'), 'not a key');

    await expect(openSigning(directory)).rejects.toThrow(/decisions\.key holds no private key: remove it/);
  }));

test('two starts at one moment get the same keys', () =>
  withFolder(async (directory) => {
    const [one, other] = await Promise.all([openSigning(directory), openSigning(directory)]);

    expect(await one.publicKeys()).toEqual(await other.publicKeys());
  }));
