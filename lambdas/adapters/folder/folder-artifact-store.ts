/** The artifact store of one machine: a folder, one file a key. */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { StoreFailed } from '#domain/errors';
import type { ArtifactStore, StoredObject } from '#lambdas/ports/store';

/** Where files lie until they are whole, also those of a process that was killed: `~` is no character of a key. */
const unfinishedFolder = '~unfinished';

const isSegment = (segment: string) => /^[A-Za-z0-9._-]+$/.test(segment) && segment !== '.' && segment !== '..';

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space there and run it again',
  EDQUOT: 'the disk quota is used up; free some space there and run it again',
  EACCES: 'this user may not write or read there; give it the folder, or name another one',
  EPERM: 'this user may not write or read there; give it the folder, or name another one',
  EROFS: 'the file system is read-only; name another folder',
  ENOENT: 'there is no such key',
  EEXIST: 'a part of the key is itself a key, and a folder cannot hold both; choose another key',
  ENOTDIR: 'a part of the key is itself a key, and a folder cannot hold both; choose another key',
  EISDIR: 'other keys lie below this key, and a folder cannot hold both; choose another key',
  EMFILE: 'this process has too many open files; raise the limit (ulimit -n)',
};

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | null)?.code ?? '';

const isAbsence = (error: unknown) => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error));

/** Describes what could not be done with which key, why, and the remedy. */
export const folderFailure = (action: string, directory: string, key: string, cause: unknown): StoreFailed => {
  const remedy = remedies[codeOf(cause)] ?? (cause as Error).message;
  return new StoreFailed(`cannot ${action} "${key}" in the folder ${directory}: ${remedy}`, { cause });
};

/** Keeps files and folders to the user who runs this: a backup holds everybody's data. */
const fileMode = 0o600;
const folderMode = 0o700;

/** Makes the store over a folder, which is created with the first write. Its objects have no versions. */
export const createFolderArtifactStore = ({ directory }: { readonly directory: string }): ArtifactStore => {
  const root = path.resolve(directory);

  const fileOf = (key: string) => {
    if (!key.split('/').every(isSegment))
      throw new StoreFailed(
        `"${key}" is not a key: expected segments of letters, digits, ".", "_" and "-", separated by "/", none of them "." or ".."`,
      );
    return path.join(root, ...key.split('/'));
  };

  const attempt = async <T>(action: string, key: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw folderFailure(action, root, key, cause);
    }
  };

  /** Fills a file on the same disk, then lets `publish` give it its name; whatever fails, nothing is left. */
  const withUnfinishedFile = async <T>(
    key: string,
    fill: (handle: FileHandle) => Promise<void>,
    publish: (unfinished: string, file: string) => Promise<T>,
  ): Promise<T> => {
    const file = fileOf(key);
    const unfinished = path.join(root, unfinishedFolder, randomUUID());
    const handle = await attempt('write', key, async () => {
      for (const folder of [path.dirname(file), path.dirname(unfinished)])
        await mkdir(folder, { recursive: true, mode: folderMode });
      return open(unfinished, 'wx', fileMode);
    });
    try {
      await fill(handle).finally(() => attempt('write', key, () => handle.close()));
      return await attempt('write', key, () => publish(unfinished, file));
    } finally {
      await rm(unfinished, { force: true });
    }
  };

  const put = (handle: FileHandle, key: string, bytes: Uint8Array) =>
    attempt('write', key, () => handle.writeFile(bytes));

  const finish = (handle: FileHandle, key: string) => attempt('write', key, () => handle.sync());

  const store = async (key: string, chunks: AsyncIterable<unknown> | Iterable<unknown>): Promise<StoredObject> => {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    // The source's own error passes through unchanged: only an error of the disk becomes StoreFailed.
    const fill = async (handle: FileHandle) => {
      for await (const chunk of chunks) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
        hash.update(bytes);
        sizeBytes += bytes.byteLength;
        await put(handle, key, bytes);
      }
      await finish(handle, key);
    };
    await withUnfinishedFile(key, fill, rename);
    return { uri: pathToFileURL(fileOf(key)).href, versionId: null, sha256: hash.digest('hex'), sizeBytes };
  };

  const keysIn = async (folder: string, prefix: string): Promise<string[]> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
      if (isAbsence(error)) return [];
      throw folderFailure('list', root, prefix, error);
    });
    const keys = entries.map(async (entry) => {
      const entryPath = path.join(folder, entry.name);
      const key = path.relative(root, entryPath).split(path.sep).join('/');
      if (entryPath === path.join(root, unfinishedFolder) || !key.startsWith(prefix)) return [];
      return entry.isDirectory() ? keysIn(entryPath, prefix) : [key];
    });
    return (await Promise.all(keys)).flat();
  };

  return {
    write: (key, body) => store(key, [body]),

    writeIfAbsent: (key, body) =>
      withUnfinishedFile(
        key,
        async (handle) => {
          await put(handle, key, Buffer.from(body));
          await finish(handle, key);
        },
        // link() fails when the name exists, also between processes, and the name never shows half a file.
        (unfinished, file) =>
          link(unfinished, file).then(
            () => true,
            (error) => {
              if (codeOf(error) === 'EEXIST') return false;
              throw error;
            },
          ),
      ),

    read: async (key) => {
      const file = fileOf(key);
      return readFile(file).catch((error) => {
        if (isAbsence(error)) return null;
        throw folderFailure('read', root, key, error);
      });
    },

    list: async (prefix) => {
      const folder = prefix.split('/').slice(0, -1).join('/');
      return (await keysIn(folder ? fileOf(folder) : root, prefix)).sort();
    },

    writeStream: async (key, source: Readable) => {
      try {
        return await store(key, source);
      } finally {
        // The source's writer must learn that nobody reads it any more, also when not a byte was read.
        source.destroy();
      }
    },

    readStream: async (key) => {
      const file = fileOf(key);
      return attempt('read', key, async () => {
        const handle = await open(file, 'r');
        if ((await handle.stat()).isFile()) return handle.createReadStream();
        await handle.close();
        throw Object.assign(new Error('no file'), { code: 'ENOENT' });
      });
    },

    remove: async (key) => {
      const file = fileOf(key);
      await unlink(file).catch(async (error) => {
        // Below a key that is only a folder nothing is stored under that key itself; macOS answers EPERM for it.
        const isFolder = await stat(file).then(
          (found) => found.isDirectory(),
          () => false,
        );
        if (!isAbsence(error) && !isFolder) throw folderFailure('remove', root, key, error);
      });
    },
  };
};
