/** Makes a backup: compresses and stores the dump while it is being written, and keeps it only when it is complete. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { Backup } from '#domain/backup/backup';
import type { Catalog } from '#domain/catalog/catalog';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { ScratchTools } from '../scratch/with-scratch-database';
import { withDump } from './open-dump';
import type { ReadCatalog } from './write-dump';

export type BackupTools = ScratchTools & {
  readonly store: ArtifactStore;
  readonly readCatalog: ReadCatalog;
  readonly fingerprintOf: (catalog: Catalog) => string;
  /** How long the dump may wait for the tables' read locks. */
  readonly lockTimeoutMs: number;
};

// Level 1: level 6 takes three times as long for a tenth less.
const compression = { level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 };

/**
 * Compresses the dump and stores it. The compressed stream ends only after the dump's last part; when the dump
 * fails, the stream is destroyed and the store keeps nothing.
 */
const storeCompressed = async <T>(store: ArtifactStore, key: string, dump: AsyncGenerator<string | Buffer, T>) => {
  const compressed = createGzip(compression);
  const end: { summary?: T; failure?: unknown } = {};
  const parts = async function* () {
    try {
      end.summary = yield* dump;
    } catch (error) {
      end.failure = error;
      throw error;
    }
  };
  const [stored, fed] = await Promise.allSettled([
    store.writeStream(key, compressed),
    pipeline(Readable.from(parts(), { objectMode: false }), compressed),
  ]);
  // When one of the two fails, the other sees only a stream that closed early, so the cause is the first error.
  if (end.failure) throw end.failure;
  if (stored.status === 'rejected') throw stored.reason;
  if (fed.status === 'rejected') throw fed.reason;
  return { stored: stored.value, summary: end.summary as T };
};

/** Errors: DatabaseUnreachable, LockNotAvailable, StoreFailed, VerificationFailed; nothing is stored then. */
export const makeBackup = async (tools: BackupTools, address: DatabaseAddress, key: string): Promise<Backup> => {
  const startedAt = performance.now();
  const { stored, summary } = await withDump(await tools.connection(address), tools, (dump) =>
    storeCompressed(tools.store, key, dump),
  );
  return {
    key,
    ...stored,
    tables: summary.contents.tables,
    catalogFingerprint: tools.fingerprintOf(summary.contents.catalog),
    tools: { pgDump: summary.pgDumpVersion, server: summary.serverVersion },
    durationMs: Math.round(performance.now() - startedAt),
  };
};
