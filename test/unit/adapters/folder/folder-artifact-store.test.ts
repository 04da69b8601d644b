import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createFolderArtifactStore, folderFailure } from '#adapters/folder/folder-artifact-store';
import { StoreFailed } from '#domain/errors';
import { testArtifactStore } from '#test/support/artifact-store-contract';

const withFolder = async (work: (directory: string) => Promise<void>) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'artifact-store-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

testArtifactStore('a folder', (work) =>
  withFolder((directory) =>
    work(createFolderArtifactStore({ directory: path.join(directory, 'made', 'when needed') })),
  ),
);

test('what a killed process left unfinished lies apart from the keys, and is not listed', () =>
  withFolder(async (directory) => {
    const program = `
      const { Readable } = require('node:stream');
      const { createFolderArtifactStore } = require(${JSON.stringify(require.resolve('#adapters/folder/folder-artifact-store'))});
      const half = async function* () { yield Buffer.alloc(100_000); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100); await new Promise(() => {}); };
      createFolderArtifactStore({ directory: process.argv[1] }).writeStream('runs/r-1/a', Readable.from(half()));`;
    const killed = promisify(execFile)(process.execPath, [
      '--require',
      require.resolve('tsx/cjs'),
      '-e',
      program,
      directory,
    ]);

    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect(await readdir(path.join(directory, '~unfinished'))).toHaveLength(1);
    expect(await readdir(path.join(directory, 'runs', 'r-1'))).toEqual([]);
    expect(await createFolderArtifactStore({ directory }).list('')).toEqual([]);
  }));

test('whatever somebody else puts there is listed, also under a name that is no key', () =>
  withFolder(async (directory) => {
    const store = createFolderArtifactStore({ directory });
    await store.write('runs/r-1/a', 'x');
    const names = ['~4b7c', 'x y.json', 'ä.json', 'line\nbreak', '.hidden', '~unfinished'];
    for (const name of names) await writeFile(path.join(directory, 'runs', 'r-1', name), 'dropped');

    const listed = await store.list('runs/r-1/');

    expect(listed).toEqual([...names, 'a'].map((name) => `runs/r-1/${name}`).sort());
    await expect(store.read('runs/r-1/~4b7c')).rejects.toThrow('is not a key');
  }));

test('no failed write leaves a file behind', () =>
  withFolder(async (directory) => {
    const store = createFolderArtifactStore({ directory });
    const source = Readable.from(
      (async function* () {
        yield Buffer.alloc(1_000_000);
        throw new Error('the source failed');
      })(),
    );

    await expect(store.writeStream('a/b', source)).rejects.toThrow('the source failed');
    await store.writeIfAbsent('a/c', 'first');
    await store.writeIfAbsent('a/c', 'second');

    expect(await readdir(path.join(directory, 'a'))).toEqual(['c']);
  }));

test('only the user who runs it can read what is stored', () =>
  withFolder(async (directory) => {
    await createFolderArtifactStore({ directory }).write('backups/a.sql.gz', 'everybody');

    expect((await stat(path.join(directory, 'backups'))).mode & 0o077).toBe(0);
    expect((await stat(path.join(directory, 'backups', 'a.sql.gz'))).mode & 0o077).toBe(0);
  }));

test('a key below another key is refused in words, and the other key stays as it was', () =>
  withFolder(async (directory) => {
    const store = createFolderArtifactStore({ directory });
    await store.write('a', 'first');

    await expect(store.write('a/b', 'second')).rejects.toThrow(/"a\/b".*a part of the key is itself a key/);
    expect((await store.read('a'))?.toString()).toBe('first');
  }));

test('a write over a folder of keys is refused in words', () =>
  withFolder(async (directory) => {
    const store = createFolderArtifactStore({ directory });
    await store.write('a/b', 'first');

    await expect(store.write('a', 'second')).rejects.toThrow(/other keys lie below this key/);
  }));

test('a folder that cannot be made is StoreFailed with the folder in the message', () =>
  withFolder(async (directory) => {
    await writeFile(path.join(directory, 'file'), '');
    await chmod(path.join(directory, 'file'), 0o400);
    const store = createFolderArtifactStore({ directory: path.join(directory, 'file', 'below') });

    await expect(store.write('a', 'x')).rejects.toThrow(StoreFailed);
    await expect(store.write('a', 'x')).rejects.toThrow(path.join(directory, 'file', 'below'));
  }));

test('a full disk is named as such, with the folder and what to do', () => {
  const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

  const failure = folderFailure('write', '/data/store', 'backups/a.sql.gz', cause);

  expect(failure).toMatchObject({ name: 'StoreFailed', retry: 'later', cause });
  expect(failure.message).toBe(
    'cannot write "backups/a.sql.gz" in the folder /data/store: the disk is full; free some space there and run it again',
  );
});

test('of many processes exactly one writes an absent key', () =>
  withFolder(async (directory) => {
    const program = `
      const { createFolderArtifactStore } = require(${JSON.stringify(require.resolve('#adapters/folder/folder-artifact-store'))});
      createFolderArtifactStore({ directory: process.argv[1] }).writeIfAbsent('once', String(process.pid))
        .then((isFirst) => console.log(isFirst));`;
    const start = () =>
      promisify(execFile)(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', program, directory]);

    const outcomes = await Promise.all(Array.from({ length: 4 }, start));

    expect(outcomes.map(({ stdout }) => stdout.trim()).sort()).toEqual(['false', 'false', 'false', 'true']);
  }));
