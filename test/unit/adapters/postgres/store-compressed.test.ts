/** What is compressed and stored is whole, or it is not there and the reason is the one that came first. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { storeCompressed } from '#adapters/postgres/backup/store-compressed';
import { StoreFailed } from '#domain/errors';
import type { ArtifactStore, StoredObject } from '#lambdas/ports/store';
import { decompress } from '#test/support/backup-folder';
import { memoryStore } from '#test/support/fake-ports';

const megabyte = 1024 * 1024;

/** Bytes that stay as many when they are compressed. */
const piece = randomBytes(300_000);

async function* source(pieces: number, failure: Error | null = null) {
  for (let at = 0; at < pieces; at += 1) yield at % 2 === 0 ? piece : piece.toString('latin1');
  if (failure) throw failure;
  return pieces;
}

const storeThat = (writeStream: (key: string, stream: Readable) => Promise<StoredObject>): ArtifactStore => ({
  ...memoryStore(),
  writeStream,
});

const ways: readonly [string, (stream: Readable) => Promise<unknown>][] = [
  ['before it reads', async () => undefined],
  ['after the first piece', (stream) => once(stream, 'data')],
];

test.each([0, 1, 4, 20])('%d pieces are stored as one stream, and their count is handed on', async (pieces) => {
  const store = memoryStore();
  const expected: Buffer[] = [];
  for await (const part of source(pieces)) expected.push(Buffer.from(part));

  const { result, stored } = await storeCompressed(store, 'a', source(pieces));

  expect(result).toBe(pieces);
  const bytes = (await store.read('a')) ?? Buffer.alloc(0);
  expect(stored.sizeBytes).toBe(bytes.length);
  expect((await decompress(bytes)).equals(Buffer.concat(expected))).toBe(true);
});

test.each([0, 1, 20])('a source that fails after %d pieces fails with its own error', async (pieces) => {
  const store = memoryStore();

  await expect(storeCompressed(store, 'a', source(pieces, new Error('the server has gone')))).rejects.toThrow(
    'the server has gone',
  );

  expect(await store.list('')).toEqual([]);
});

test.each(ways)('a store that fails %s ends the source, also one that waits for it', async (_, before) => {
  let isEnded = false;
  async function* endless() {
    try {
      for (;;) yield piece;
    } finally {
      isEnded = true;
    }
  }
  const store = storeThat(async (_key, stream) => {
    await before(stream);
    stream.pause();
    // By now all that fits has been taken.
    for (let last = -1; stream.readableLength > last && stream.readableLength < megabyte; ) {
      last = stream.readableLength;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    stream.destroy();
    throw new StoreFailed('the disk is full');
  });

  await expect(storeCompressed(store, 'a', endless())).rejects.toThrow('the disk is full');

  expect(isEnded).toBe(true);
});
