/** Values in the store: written as JSON, read again, and read by reference with their hash compared. */
import { ChecksumMismatch } from '#domain/errors';
import type { EvidenceRef } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';

/** As every document lies in the store: indented, so that a person can read it. */
export const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Stores a value as JSON and says where it lies and what its hash is. */
export const writeJson = async (store: ArtifactStore, key: string, value: unknown): Promise<EvidenceRef> => {
  const text = toJson(value);
  await store.write(key, text);
  return { key, sha256: sha256Of(text) };
};

/** Null when there is no such key. */
export const readJson = async <T>(store: ArtifactStore, key: string): Promise<T | null> => {
  const bytes = await store.read(key);
  return bytes && (JSON.parse(bytes.toString('utf8')) as T);
};

/** Reads what a reference names. Errors: ChecksumMismatch when the bytes are not those that were referenced, or are gone. */
export const readReferenced = async <T>(store: ArtifactStore, ref: EvidenceRef): Promise<T> => {
  const bytes = await store.read(ref.key);
  const found = bytes ? sha256Of(bytes) : 'nothing';
  if (!bytes || found !== ref.sha256)
    throw new ChecksumMismatch(
      `${ref.key} holds ${found}, expected sha256 ${ref.sha256}: it was changed after it was written; start a new run`,
    );
  return JSON.parse(bytes.toString('utf8')) as T;
};
