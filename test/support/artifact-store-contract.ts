/** What every artifact store must do, whatever it stores in: run by the test file of each implementation. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { StoreFailed } from '#domain/errors';
import type { ArtifactStore } from '#lambdas/ports/store';

/** Makes an empty store, hands it over and removes it afterwards. */
export type WithStore = (work: (store: ArtifactStore) => Promise<void>) => Promise<void>;

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

const badKeys = ['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/../b', '../a', 'a b', 'a\\b', 'ä', 'a\n', '~a', 'a:b'];

const failingAfter = (chunks: readonly Buffer[], error: Error) =>
  Readable.from(
    (async function* () {
      yield* chunks;
      throw error;
    })(),
  );

/** Declares the contract's tests; `implementation` begins their names. */
export const testArtifactStore = (implementation: string, withStore: WithStore): void => {
  test(`${implementation} gives back the exact bytes, and says their size and sha256`, () =>
    withStore(async (store) => {
      const body = randomBytes(100_000);

      const stored = await store.write('runs/r-1/05-backup.json', body);

      expect(await store.read('runs/r-1/05-backup.json')).toEqual(body);
      expect(stored).toMatchObject({ sha256: sha256(body), sizeBytes: 100_000 });
      expect(stored.uri).toMatch(/^(file:\/\/\/|s3:\/\/).*runs\/r-1\/05-backup\.json$/);
    }));

  test(`${implementation} stores text as UTF-8, and empty bodies`, () =>
    withStore(async (store) => {
      const text = await store.write('text', 'Größe: 3 €');
      await store.write('empty', '');

      expect(text.sizeBytes).toBe(Buffer.byteLength('Größe: 3 €'));
      expect((await store.read('text'))?.toString()).toBe('Größe: 3 €');
      expect(await store.read('empty')).toEqual(Buffer.alloc(0));
    }));

  test(`${implementation} replaces what a key held`, () =>
    withStore(async (store) => {
      await store.write('key', 'a long first body');
      await store.write('key', 'second');

      expect((await store.read('key'))?.toString()).toBe('second');
    }));

  test(`${implementation} knows nothing of keys that were never written`, () =>
    withStore(async (store) => {
      await store.write('a/b', 'x');

      expect(await store.read('no/such/key')).toBeNull();
      expect(await store.read('a')).toBeNull();
      expect(await store.read('a/b/c')).toBeNull();
      await expect(store.readStream('no/such/key')).rejects.toThrow(StoreFailed);
      await expect(store.readStream('a')).rejects.toThrow(StoreFailed);
      await expect(store.remove('no/such/key')).resolves.toBeUndefined();
      await expect(store.remove('a')).resolves.toBeUndefined();
      expect(await store.list('')).toEqual(['a/b']);
    }));

  test(`${implementation} writes an absent key once, whichever of many writers comes first`, () =>
    withStore(async (store) => {
      const bodies = Array.from({ length: 20 }, (_, index) => `writer ${index} ${'.'.repeat(5_000)}`);

      const outcomes = await Promise.all(bodies.map((body) => store.writeIfAbsent('decisions/d-1', body)));

      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect((await store.read('decisions/d-1'))?.toString()).toBe(bodies[outcomes.indexOf(true)]);
      expect(await store.writeIfAbsent('decisions/d-1', 'late')).toBe(false);
      expect(await store.list('')).toEqual(['decisions/d-1']);
    }));

  test(`${implementation} knows which writer wrote an absent key, also among many with the same bytes`, () =>
    withStore(async (store) => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.writeIfAbsent('guess-1', '{}')));

      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await store.writeIfAbsent('guess-1', '{}')).toBe(false);
    }));

  test(`${implementation} lists the keys below a prefix, sorted, and no others`, () =>
    withStore(async (store) => {
      for (const key of ['runs/r-10/b', 'runs/r-1/b', 'runs/r-1/a/z', 'runs/r-1.json', 'other'])
        await store.write(key, key);

      expect(await store.list('runs/r-1/')).toEqual(['runs/r-1/a/z', 'runs/r-1/b']);
      expect(await store.list('runs/r-1')).toEqual(['runs/r-1.json', 'runs/r-1/a/z', 'runs/r-1/b', 'runs/r-10/b']);
      expect(await store.list('')).toHaveLength(5);
      expect(await store.list('nothing/here/')).toEqual([]);
    }));

  test(`${implementation} removes a key, which can then be written again`, () =>
    withStore(async (store) => {
      await store.write('a/key', 'first');

      await store.remove('a/key');

      expect(await store.read('a/key')).toBeNull();
      expect(await store.list('')).toEqual([]);
      expect(await store.writeIfAbsent('a/key', 'second')).toBe(true);
    }));

  test(`${implementation} stores a stream of many parts and streams it back`, () =>
    withStore(async (store) => {
      const chunks = Array.from({ length: 40 }, () => randomBytes(500_000));
      const whole = Buffer.concat(chunks);

      const stored = await store.writeStream('backups/large.sql.gz', Readable.from(chunks));

      expect(stored).toMatchObject({ sha256: sha256(whole), sizeBytes: 20_000_000 });
      expect(sha256(await buffer(await store.readStream('backups/large.sql.gz')))).toBe(sha256(whole));
    }));

  test(`${implementation} stores an empty stream as an empty object`, () =>
    withStore(async (store) => {
      const stored = await store.writeStream('empty', Readable.from([]));

      expect(stored).toMatchObject({ sha256: sha256(''), sizeBytes: 0 });
      expect(await store.read('empty')).toEqual(Buffer.alloc(0));
    }));

  test(`${implementation} stores nothing of a stream whose source fails, and throws the source's own error`, () =>
    withStore(async (store) => {
      const error = new Error('the dump failed');
      await store.write('kept', 'the earlier one');

      await expect(store.writeStream('new', failingAfter([randomBytes(9_000_000)], error))).rejects.toBe(error);
      await expect(store.writeStream('kept', failingAfter([randomBytes(10)], error))).rejects.toBe(error);

      expect(await store.read('new')).toBeNull();
      expect((await store.read('kept'))?.toString()).toBe('the earlier one');
      expect(await store.list('')).toEqual(['kept']);
    }));

  test(`${implementation} stores nothing of a stream that was destroyed before its end`, () =>
    withStore(async (store) => {
      const source = new Readable({ read() {} });
      source.push('the first half');
      const writing = store.writeStream('half', source);
      source.destroy();

      await expect(writing).rejects.toThrow(/premature|aborted|closed/i);
      expect(await store.list('')).toEqual([]);
    }));

  test.each(badKeys)(`${implementation} refuses the key %j everywhere`, (key) =>
    withStore(async (store) => {
      const source = Readable.from(['x']);
      const attempts = [
        store.write(key, 'x'),
        store.writeIfAbsent(key, 'x'),
        store.read(key),
        store.writeStream(key, source),
        store.readStream(key),
        store.remove(key),
      ];

      for (const outcome of await Promise.allSettled(attempts))
        expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreFailed' } });
      expect(source.destroyed).toBe(true);
      expect(await store.list('')).toEqual([]);
    }),
  );
};
