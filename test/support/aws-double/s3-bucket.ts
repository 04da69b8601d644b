/** The objects of one versioned bucket, in memory. */
import { createHash } from 'node:crypto';

export type ObjectLock = { readonly mode: string; readonly until: Date };

export type ObjectVersion = {
  readonly versionId: string;
  /** Null for a delete marker. */
  readonly bytes: Buffer | null;
  /** Of the whole object; null where it came in parts. */
  readonly sha256: string | null;
  readonly etag: string;
  /** Headers `x-amz-meta-…` as they came. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Null where nothing locks it. */
  readonly lock: ObjectLock | null;
};

export type Bucket = {
  put(
    key: string,
    bytes: Buffer,
    more?: { readonly parts?: number } & Partial<Pick<ObjectVersion, 'metadata' | 'lock'>>,
  ): ObjectVersion;
  /** Adds a delete marker; null when there is nothing to delete. */
  remove(key: string): ObjectVersion | null;
  /** The newest version, or the one named; null when there is none or it is a delete marker. */
  find(key: string, versionId?: string): (ObjectVersion & { readonly bytes: Buffer }) | null;
  /** In the order of their UTF-8 bytes, as S3 lists. */
  keys(prefix: string): readonly string[];
  versions(key: string): readonly ObjectVersion[];
};

const digest = (algorithm: string, bytes: Buffer, form: 'hex' | 'base64') =>
  createHash(algorithm).update(bytes).digest(form);

export const createBucket = (): Bucket => {
  const objects = new Map<string, ObjectVersion[]>();
  let count = 0;
  const add = (key: string, version: Omit<ObjectVersion, 'versionId'>): ObjectVersion => {
    count += 1;
    const added = { ...version, versionId: `version-${count}` };
    objects.set(key, [...(objects.get(key) ?? []), added]);
    return added;
  };
  const find = (key: string, versionId?: string) => {
    const versions = objects.get(key) ?? [];
    const found = versionId === undefined ? versions.at(-1) : versions.find((one) => one.versionId === versionId);
    return found?.bytes ? { ...found, bytes: found.bytes } : null;
  };
  return {
    find,
    put: (key, bytes, { parts, metadata = {}, lock = null } = {}) =>
      add(key, {
        bytes,
        sha256: parts === undefined ? digest('sha256', bytes, 'base64') : null,
        etag: `"${digest('md5', bytes, 'hex')}${parts === undefined ? '' : `-${parts}`}"`,
        metadata,
        lock,
      }),
    remove: (key) => (find(key) ? add(key, { bytes: null, sha256: null, etag: '', metadata: {}, lock: null }) : null),
    keys: (prefix) =>
      [...objects.keys()]
        .filter((key) => key.startsWith(prefix) && find(key))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    versions: (key) => objects.get(key) ?? [],
  };
};
