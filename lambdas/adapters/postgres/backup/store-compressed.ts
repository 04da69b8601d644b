/** Compresses and stores what is being written, and keeps it only when it is complete. */
import type { Transform } from 'node:stream';
import type { ArtifactStore, StoredObject } from '#lambdas/ports/store';
import { ownMethod } from './compression';

/**
 * Each piece that the compressing thread gets costs two changes of thread, which is more than a socket's 64 kB take to compress: they
 * are gathered first.
 */
const gatheredBytes = 1024 * 1024;

/** What a stream is told when the one behind it has gone: never the cause. */
const isCutOff = (error: unknown): boolean => {
  const { name, code } = (error ?? {}) as { readonly name?: string; readonly code?: string };
  return name === 'AbortError' || ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(code ?? '');
};

/**
 * Resolves when the bytes have been read, so that their buffer may be filled again. A stream that is destroyed while it waits for its
 * reader never calls back, so its end counts too.
 */
const write = (compressed: Transform, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const onClose = () =>
      reject(Object.assign(new Error('nobody reads any more'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }));
    compressed.once('close', onClose);
    compressed.write(bytes, (error) => {
      compressed.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });

/** Returns what the source returns. A source that fails destroys the stream. */
const feed = async <T>(source: AsyncGenerator<string | Buffer, T>, compressed: Transform): Promise<T> => {
  const gathered = Buffer.allocUnsafeSlow(gatheredBytes);
  let filled = 0;
  const flush = async () => {
    if (filled > 0) await write(compressed, gathered.subarray(0, filled));
    filled = 0;
  };
  try {
    for (;;) {
      const { done, value } = await source.next();
      if (done) {
        await flush();
        compressed.end();
        return value;
      }
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      for (let at = 0; at < bytes.length; ) {
        const copied = bytes.copy(gathered, filled, at);
        at += copied;
        filled += copied;
        if (filled === gathered.length) await flush();
      }
    }
  } catch (error) {
    compressed.destroy(error as Error);
    await source.return(undefined as T).catch(() => undefined);
    throw error;
  }
};

/**
 * The compressed stream ends only after the last part; when the source fails, the stream is destroyed and the store keeps nothing.
 * Errors: the source's own, StoreFailed.
 */
export const storeCompressed = async <T>(
  store: ArtifactStore,
  key: string,
  source: AsyncGenerator<string | Buffer, T>,
): Promise<{ readonly stored: StoredObject; readonly result: T }> => {
  const compressed = ownMethod.compress();
  // The source may fail before the store reads; both learn of it below.
  compressed.on('error', () => undefined);
  const [stored, fed] = await Promise.allSettled([store.writeStream(key, compressed), feed(source, compressed)]);
  // When one of the two fails, the other sees only a stream that closed early.
  if (fed.status === 'rejected' && !isCutOff(fed.reason)) throw fed.reason;
  if (stored.status === 'rejected') throw stored.reason;
  if (fed.status === 'rejected') throw fed.reason;
  return { stored: stored.value, result: fed.value };
};
