import { StoreFailed } from '#domain/errors';
import type { ArtifactStore } from '#lambdas/ports/store';
import {
  deleteObject,
  getObject,
  getObjectStream,
  listKeys,
  putObject,
  putObjectIfAbsent,
  type S3Place,
  storeFailed,
} from './s3-requests';
import { uploadStream } from './s3-upload';

const segment = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

const checked = (key: string): string => {
  if (key.split('/').every((part) => segment.test(part))) return key;
  throw new StoreFailed(
    `the key ${JSON.stringify(key)} cannot be used; expected segments of letters, digits, ".", "_" and "-" between "/"`,
  );
};

/** The store in one S3 bucket; versions are the bucket's. */
export const createS3ArtifactStore = (place: S3Place): ArtifactStore => ({
  write: async (key, body) => {
    checked(key);
    try {
      return await putObject(place, key, body);
    } catch (cause) {
      throw storeFailed(place, key, 'written', cause);
    }
  },
  writeIfAbsent: async (key, body) => putObjectIfAbsent(place, checked(key), body),
  read: async (key) => getObject(place, checked(key)),
  list: async (prefix) => listKeys(place, prefix),
  writeStream: async (key, source) => {
    try {
      return await uploadStream(place, checked(key), source);
    } finally {
      // Nobody reads on, whatever happened: whoever fills the source must hear of it.
      source.destroy();
    }
  },
  readStream: async (key) => getObjectStream(place, checked(key)),
  remove: async (key) => deleteObject(place, checked(key)),
});
