/** S3 as the store's adapter uses it, in memory: objects, conditional writes, pages of a listing, uploads in parts. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type AwsClientStub, mockClient } from 'aws-sdk-client-mock';

type Body = Uint8Array | string | Readable | undefined;

export const serviceError = (name: string, httpStatusCode: number, message: string = name): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'r-1' } });

const bytesOf = async (body: Body): Promise<Buffer> =>
  body instanceof Readable ? buffer(body) : Buffer.from(body ?? '');

const bodyOf = (bytes: Buffer) =>
  Object.assign(Readable.from([bytes], { objectMode: false }), {
    transformToByteArray: async () => new Uint8Array(bytes),
  }) as never;

/** Real enough to have pages: two keys each. */
const pageSize = 2;

export type S3InMemory = {
  readonly client: S3Client;
  readonly mock: AwsClientStub<S3Client>;
  /** Uploads in parts that were neither completed nor given up. */
  readonly openUploads: ReadonlyMap<string, readonly Buffer[]>;
};

export const s3InMemory = (): S3InMemory => {
  const client = new S3Client({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
  const mock = mockClient(client);
  const objects = new Map<string, Buffer>();
  const metadata = new Map<string, Record<string, string> | undefined>();
  const uploads = new Map<string, Buffer[]>();
  let versions = 0;
  const put = (key: string, bytes: Buffer) => {
    objects.set(key, bytes);
    versions += 1;
    return { VersionId: `v${versions}` };
  };
  mock.on(PutObjectCommand).callsFake(async ({ Key, Body, IfNoneMatch, ChecksumSHA256, Metadata }) => {
    const bytes = await bytesOf(Body);
    const digest = createHash('sha256').update(bytes).digest('base64');
    if (ChecksumSHA256 && ChecksumSHA256 !== digest) throw serviceError('BadDigest', 400);
    if (IfNoneMatch === '*' && objects.has(Key)) throw serviceError('PreconditionFailed', 412);
    metadata.set(Key, Metadata);
    return put(Key, bytes);
  });
  mock.on(GetObjectCommand).callsFake(async ({ Key }) => {
    const bytes = objects.get(Key);
    if (!bytes) throw serviceError('NoSuchKey', 404);
    return { Body: bodyOf(bytes), Metadata: metadata.get(Key) };
  });
  mock.on(ListObjectsV2Command).callsFake(async ({ Prefix, ContinuationToken }) => {
    const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix)).reverse();
    const from = Number(ContinuationToken ?? 0);
    const next = from + pageSize < keys.length ? String(from + pageSize) : undefined;
    const Contents = keys.slice(from, from + pageSize).map((Key) => ({ Key }));
    return { Contents, IsTruncated: next !== undefined, NextContinuationToken: next };
  });
  mock.on(DeleteObjectCommand).callsFake(async ({ Key }) => {
    objects.delete(Key);
    return {};
  });
  mock.on(CreateMultipartUploadCommand).callsFake(async () => {
    const UploadId = `u${uploads.size + 1}`;
    uploads.set(UploadId, []);
    return { UploadId };
  });
  mock.on(UploadPartCommand).callsFake(async ({ UploadId, PartNumber, Body }) => {
    const parts = uploads.get(UploadId);
    if (!parts) throw serviceError('NoSuchUpload', 404);
    parts[PartNumber - 1] = await bytesOf(Body);
    return { ETag: `e${PartNumber}` };
  });
  mock.on(CompleteMultipartUploadCommand).callsFake(async ({ Key, UploadId }) => {
    const parts = uploads.get(UploadId);
    if (!parts) throw serviceError('NoSuchUpload', 404);
    uploads.delete(UploadId);
    return put(Key, Buffer.concat(parts));
  });
  mock.on(AbortMultipartUploadCommand).callsFake(async ({ UploadId }) => {
    uploads.delete(UploadId);
    return {};
  });
  return { client, mock, openUploads: uploads };
};
