/** What a run keeps, and the files that it is about. */
import type { Readable } from 'node:stream';
import type { OtherFolder } from '#domain/folders/others';

export type StoredObject = {
  /** `s3://bucket/key` or `file:///…`. */
  readonly uri: string;
  /** The store's version of the object; null where the store keeps none. */
  readonly versionId: string | null;
  readonly sha256: string;
  readonly sizeBytes: number;
};

/**
 * Keys are `/`-separated, relative, of `[A-Za-z0-9._-]` segments. Errors: StoreFailed.
 * Writes are atomic: a reader sees the old bytes, the new bytes or nothing.
 */
export type ArtifactStore = {
  write(key: string, body: Uint8Array | string): Promise<StoredObject>;
  /**
   * Writes unless the key exists (`If-None-Match: *`). True for the one call that wrote it, false for all others, also when they
   * bring the same bytes. The one primitive behind single use.
   */
  writeIfAbsent(key: string, body: Uint8Array | string): Promise<boolean>;
  /** Null when there is no such key. */
  read(key: string): Promise<Buffer | null>;
  /** What lies below a prefix, sorted: keys, and names that somebody else has put there and that are none. */
  list(prefix: string): Promise<readonly string[]>;
  /** Memory stays bounded. When the source fails nothing is stored and the source's error is thrown. */
  writeStream(key: string, source: Readable): Promise<StoredObject>;
  /** Throws StoreFailed when there is no such key. */
  readStream(key: string): Promise<Readable>;
  /** No error when there is no such key. */
  remove(key: string): Promise<void>;
};

export type MigrationSource = {
  /** File names ending in `.sql`, checks files left out, sorted by version; in another tool's form the ways forward, in its order. */
  list(): Promise<readonly string[]>;
  /** Exact bytes; null when there is no such file. */
  read(fileName: string): Promise<Buffer | null>;
  /** The folder where it is in another tool's form; null where it is in our own. Errors: InvalidInput. */
  readOthers(): Promise<OtherFolder | null>;
};
