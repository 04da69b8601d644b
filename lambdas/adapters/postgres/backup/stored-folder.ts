/** Reads a backup's folder in the store: nothing counts before its hash is the one that the manifest names. */
import { createHash } from 'node:crypto';
import { pipeline, type Transform } from 'node:stream';
import type { Contents } from '#domain/backup/contents';
import { type FolderFile, type Manifest, parseManifest, savedCopies } from '#domain/backup/manifest';
import { StoreFailed } from '#domain/errors';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';
import { methods } from './compression';
import { DumpUnusable } from './read-dump';

export type StoredFolder = {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  /** Plain bytes of a file; complains at the end when they are not those that were stored. */
  read(file: FolderFile): AsyncIterable<Buffer>;
  /** The same without its compression. */
  readText(file: FolderFile): AsyncIterable<Buffer>;
  /** Reads a file whole, and returns nothing. Errors: DumpUnusable, StoreFailed. */
  require(file: FolderFile): Promise<void>;
};

/** Opened when somebody reads: what nobody reads must not stay open. */
async function* hashed(store: ArtifactStore, key: string, file: FolderFile): AsyncGenerator<Buffer> {
  const stored = (await store.readStream(key)) as AsyncIterable<Buffer>;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of stored) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw new StoreFailed(`the stored file ${key} could not be read to its end: ${(cause as Error).message}`, {
      cause,
    });
  }
  const sha256 = hash.digest('hex');
  if (sizeBytes !== file.sizeBytes || sha256 !== file.sha256)
    throw new DumpUnusable(
      `the stored file ${key} has ${sizeBytes} bytes with sha256 ${sha256}; ${file.sizeBytes} bytes with sha256 ${file.sha256} were stored`,
    );
}

/** Bytes that cannot be decompressed are not those that were stored: their hash would have said so at the end. */
async function* decompressed(
  bytes: AsyncIterable<Buffer>,
  key: string,
  decompress: () => Transform,
): AsyncGenerator<Buffer> {
  const text = pipeline(bytes, decompress(), () => undefined);
  try {
    yield* text as AsyncIterable<Buffer>;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (!/^Z(STD)?_/.test(code ?? '')) throw cause;
    throw new DumpUnusable(`the stored file ${key} is not what was stored: ${(cause as Error).message}`, { cause });
  }
}

/**
 * `key` is the manifest's; `wanted` is the hash that its run has written down, null where nobody has. Errors: DumpUnusable, StoreFailed.
 */
export const openStoredFolder = async (
  store: ArtifactStore,
  key: string,
  wanted: string | null,
): Promise<StoredFolder> => {
  const bytes = await store.read(key);
  if (bytes === null)
    throw new StoreFailed(
      `there is no ${key}: the backup was not finished, or its folder is another one; a backup without its manifest is none`,
    );
  const found = sha256Of(bytes);
  if (wanted !== null && found !== wanted)
    throw new DumpUnusable(`the stored file ${key} has sha256 ${found}; one with sha256 ${wanted} was stored`);
  const manifest = parseManifest(bytes.toString('utf8'));
  if ('fault' in manifest) throw new DumpUnusable(`the manifest ${key} cannot be used: ${manifest.fault}`);
  const method = methods[manifest.compression];
  if (method === null)
    throw new DumpUnusable(
      `the backup ${key} is compressed with ${manifest.compression}, which Node ${process.versions.node} does not have; run the same with Node 22.15 or newer, or restore it with psql alone, as its README.txt says`,
    );
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const read = (file: FolderFile) => hashed(store, `${folder}${file.name}`, file);
  return {
    manifest,
    manifestSha256: found,
    read,
    readText: (file) => decompressed(read(file), `${folder}${file.name}`, method.decompress),
    require: async (file) => {
      for await (const _ of read(file));
    },
  };
};

/** What was saved. Errors as above. */
export const readSavedContents = async ({ manifest, readText }: StoredFolder): Promise<Contents> => {
  const chunks: Buffer[] = [];
  for await (const chunk of readText(manifest.contents)) chunks.push(chunk);
  try {
    const { sequences, catalog } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Omit<Contents, 'tables'>;
    return { tables: savedCopies(manifest), sequences, catalog };
  } catch (cause) {
    throw new DumpUnusable(
      `the file ${manifest.contents.name} holds no table of contents: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
};
