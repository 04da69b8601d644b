/** Values in the store: written as JSON, read again, and read by reference with their hash compared. */
import type { Kept } from '#domain/boxes/room';
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

/** A state that runs again finds what it has written. Errors: ChecksumMismatch when something else lies there. */
export const writeOnce = async (store: ArtifactStore, key: string, body: Uint8Array | string): Promise<void> => {
  if (await store.writeIfAbsent(key, body)) return;
  await readReferencedBytes(store, { key, sha256: sha256Of(body) });
};

/** Null when there is no such key. */
export const readJson = async <T>(store: ArtifactStore, key: string): Promise<T | null> => {
  const bytes = await store.read(key);
  return bytes && (JSON.parse(bytes.toString('utf8')) as T);
};

/** The bytes that a reference names. Errors: ChecksumMismatch when they are not those that were referenced, or are gone. */
export const readReferencedBytes = async (store: ArtifactStore, ref: EvidenceRef): Promise<Buffer> => {
  const bytes = await store.read(ref.key);
  const found = bytes ? sha256Of(bytes) : 'nothing';
  if (!bytes || found !== ref.sha256)
    throw new ChecksumMismatch(
      `${ref.key} holds ${found}, expected sha256 ${ref.sha256}: it was changed after it was written; start a new run`,
    );
  return bytes;
};

/** Reads what a reference names. Errors: ChecksumMismatch as above. */
export const readReferenced = async <T>(store: ArtifactStore, ref: EvidenceRef): Promise<T> =>
  JSON.parse((await readReferencedBytes(store, ref)).toString('utf8')) as T;

/** A value together with the reference under which a document names it. */
const keptAs = <T>(value: T, artifact: EvidenceRef): Kept<T> => ({
  value,
  reference: { artifact, form: 'json' },
});

/** Reads what a reference names, for a fact. Errors: ChecksumMismatch as above. */
export const readKept = async <T>(store: ArtifactStore, ref: EvidenceRef): Promise<Kept<T>> =>
  keptAs(await readReferenced<T>(store, ref), ref);

/** Stores a value for a fact. */
export const writeKept = async <T>(store: ArtifactStore, key: string, value: T): Promise<Kept<T>> =>
  keptAs(value, await writeJson(store, key, value));

/** A value as an earlier state has stored it, for a fact; null when there is none. */
export const readKeptIfThere = async <T>(store: ArtifactStore, key: string): Promise<Kept<T> | null> => {
  const stored = await store.read(key);
  return stored && keptAs(JSON.parse(stored.toString('utf8')) as T, { key, sha256: sha256Of(stored) });
};

/** The value as it was stored before, or else as it is read now: a state that runs again must not see another moment. */
export const keepOnce = async <T>(store: ArtifactStore, key: string, read: () => Promise<T>): Promise<Kept<T>> =>
  (await readKeptIfThere<T>(store, key)) ?? writeKept(store, key, await read());
