/** The requests to S3 that the store, the migrations and the documents share; every failure becomes StoreFailed here. */
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { StoreFailed } from '#domain/errors';
import type { StoredObject } from '#lambdas/ports/store';
import { describeFailure, isNamed } from './aws-failure';

export type S3Bucket = { readonly client: S3Client; readonly bucket: string };

/** Two writers met (409), and S3 names neither as the first. More than a few conflicts in a row are no longer a race. */
const maximumConflicts = 3;

export const uriOf = ({ bucket }: S3Bucket, key: string) => `s3://${bucket}/${key}`;

export const storeFailed = (
  s3: S3Bucket,
  key: string,
  what: 'read' | 'written' | 'listed' | 'removed',
  cause: unknown,
) => new StoreFailed(`${uriOf(s3, key)} cannot be ${what}: ${describeFailure(cause)}`, { cause });

/** Until when nobody deletes the version that is written, unless they may bypass it. */
export type Retention = { readonly ObjectLockMode: 'GOVERNANCE'; readonly ObjectLockRetainUntilDate: Date };

type PutOptions = Partial<Retention> & { readonly IfNoneMatch?: '*'; readonly Metadata?: Record<string, string> };

/** With the checksum in the request, S3 refuses bytes that changed on the way. */
export const putObject = async (
  s3: S3Bucket,
  key: string,
  body: Uint8Array | string,
  more: PutOptions = {},
): Promise<StoredObject> => {
  const bytes = Buffer.from(body);
  const digest = createHash('sha256').update(bytes).digest();
  const { VersionId } = await s3.client.send(
    new PutObjectCommand({
      Bucket: s3.bucket,
      Key: key,
      Body: bytes,
      ContentLength: bytes.length,
      ChecksumAlgorithm: 'SHA256',
      ChecksumSHA256: digest.toString('base64'),
      ...more,
    }),
  );
  return {
    uri: uriOf(s3, key),
    versionId: VersionId ?? null,
    sha256: digest.toString('hex'),
    sizeBytes: bytes.length,
  };
};

type FoundObject = { readonly bytes: Buffer; readonly metadata: Readonly<Record<string, string>> };

const findObject = async (s3: S3Bucket, key: string): Promise<FoundObject | null> => {
  try {
    const { Body, Metadata } = await s3.client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
    return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), metadata: Metadata ?? {} };
  } catch (error) {
    if (isNamed(error, 'NoSuchKey', 'NotFound')) return null;
    throw storeFailed(s3, key, 'read', error);
  }
};

/** Null when there is no such key. Errors: StoreFailed. */
export const getObject = async (s3: S3Bucket, key: string): Promise<Buffer | null> =>
  (await findObject(s3, key))?.bytes ?? null;

/** The object's metadata name the call that wrote it: two calls may bring the same bytes, and only one has written them. */
const writingCall = 'writing-call';

/** True when this call wrote it, false when the key was there. Errors: StoreFailed. */
export const putObjectIfAbsent = async (
  s3: S3Bucket,
  key: string,
  body: Uint8Array | string,
  retention: Partial<Retention> = {},
): Promise<boolean> => {
  const call = randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await putObject(s3, key, body, { ...retention, IfNoneMatch: '*', Metadata: { [writingCall]: call } });
      return true;
    } catch (error) {
      // S3 may have stored it and lost the answer: then the SDK's own second attempt finds the key.
      if (isNamed(error, 'PreconditionFailed')) return (await findObject(s3, key))?.metadata[writingCall] === call;
      if (!isNamed(error, 'ConditionalRequestConflict') || attempt === maximumConflicts)
        throw storeFailed(s3, key, 'written', error);
    }
  }
};

/** Errors: StoreFailed, also for a failure while the stream is read. */
export const getObjectStream = async (s3: S3Bucket, key: string): Promise<Readable> => {
  const body = await s3.client
    .send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }))
    .then(({ Body }) => (Body ?? Readable.from([])) as Readable)
    .catch((cause) => {
      throw storeFailed(s3, key, 'read', cause);
    });
  const chunks = async function* () {
    try {
      yield* body;
    } catch (cause) {
      throw storeFailed(s3, key, 'read', cause);
    }
  };
  return Readable.from(chunks(), { objectMode: false });
};

/** Sorted by code unit, as the folder store sorts. Errors: StoreFailed. */
export const listKeys = async (s3: S3Bucket, prefix: string): Promise<readonly string[]> => {
  const keys: string[] = [];
  try {
    for await (const page of paginateListObjectsV2({ client: s3.client }, { Bucket: s3.bucket, Prefix: prefix }))
      for (const { Key } of page.Contents ?? []) if (Key) keys.push(Key);
  } catch (cause) {
    throw storeFailed(s3, prefix, 'listed', cause);
  }
  return keys.sort();
};

/** No error when there is no such key; the bucket's older versions stay. Errors: StoreFailed. */
export const deleteObject = async (s3: S3Bucket, key: string): Promise<void> => {
  try {
    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: key }));
  } catch (cause) {
    throw storeFailed(s3, key, 'removed', cause);
  }
};
