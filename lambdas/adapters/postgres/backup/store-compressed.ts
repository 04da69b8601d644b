/** Compresses and stores what is being written, and keeps it only when it is complete. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArtifactStore, StoredObject } from '#lambdas/ports/store';
import { createCompress } from './compression';

/** What a stream is told when the one behind it has gone: never the cause. */
const isCutOff = (error: unknown): boolean => {
  const { name, code } = (error ?? {}) as { readonly name?: string; readonly code?: string };
  return name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE';
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
  const compressed = createCompress();
  const end: { result?: T; failure?: unknown } = {};
  const parts = async function* () {
    try {
      end.result = yield* source;
    } catch (error) {
      end.failure = error;
      throw error;
    }
  };
  const [stored, fed] = await Promise.allSettled([
    store.writeStream(key, compressed),
    pipeline(Readable.from(parts(), { objectMode: false }), compressed),
  ]);
  // When one of the two fails, the other sees only a stream that closed early, also the source in its midst.
  if (end.failure && !isCutOff(end.failure)) throw end.failure;
  if (stored.status === 'rejected') throw stored.reason;
  if (fed.status === 'rejected') throw fed.reason;
  if (end.failure) throw end.failure;
  return { stored: stored.value, result: end.result as T };
};
