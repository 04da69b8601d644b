import { StoreFailed } from '#domain/errors';
import type { ArtifactStore } from '#lambdas/ports/store';
import {
  deleteObject,
  getObject,
  getObjectStream,
  listKeys,
  putObject,
  putObjectIfAbsent,
  type Retention,
  type S3Bucket,
  storeFailed,
} from './s3-requests';
import { uploadStream } from './s3-upload';

const segment = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

const requireKey = (key: string): string => {
  if (key.split('/').every((part) => segment.test(part))) return key;
  throw new StoreFailed(
    `the key ${JSON.stringify(key)} cannot be used; expected segments of letters, digits, ".", "_" and "-" between "/"`,
  );
};

/** Which keys are locked as they are written, and until when; null for those that are not. */
export type LockUntil = (key: string) => Date | null;

const nothingIsLocked: LockUntil = () => null;

const retentionOf = (until: Date | null): Partial<Retention> =>
  until === null ? {} : { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until };

/** The store in one S3 bucket; versions are the bucket's. A lock keeps the version that is written, not the key. */
export const createS3ArtifactStore = (s3: S3Bucket, lockUntil: LockUntil = nothingIsLocked): ArtifactStore => ({
  write: async (key, body) => {
    requireKey(key);
    try {
      return await putObject(s3, key, body, retentionOf(lockUntil(key)));
    } catch (cause) {
      throw storeFailed(s3, key, 'written', cause);
    }
  },
  writeIfAbsent: async (key, body) => putObjectIfAbsent(s3, requireKey(key), body, retentionOf(lockUntil(key))),
  read: async (key) => getObject(s3, requireKey(key)),
  list: async (prefix) => listKeys(s3, prefix),
  writeStream: async (key, source) => {
    try {
      return await uploadStream(s3, requireKey(key), source);
    } finally {
      // Nobody reads the source any further, so destroy it: its writer must get an error.
      source.destroy();
    }
  },
  readStream: async (key) => getObjectStream(s3, requireKey(key)),
  remove: async (key) => deleteObject(s3, requireKey(key)),
});
