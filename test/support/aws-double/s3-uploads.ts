/** Uploads in parts: begun, filled, completed or given up. */
import { createHash } from 'node:crypto';
import type { Bucket } from './s3-bucket';
import { contentsOf, document, element } from './s3-xml';
import { type Answer, Refused, type WireRequest } from './wire';

type Upload = { readonly key: string; readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }> };

/** Of every part but the last (S3's limit). */
const minimumPartBytes = 5 * 1024 * 1024;

const noSuchUpload = () => new Refused(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');

export const createUploads = (bucket: Bucket) => {
  const open = new Map<string, Upload>();
  let count = 0;
  const find = (uploadId: string, key: string): Upload => {
    const upload = open.get(uploadId);
    if (upload?.key !== key) throw noSuchUpload();
    return upload;
  };

  const namedParts = ({ parts }: Upload, { body }: WireRequest) =>
    contentsOf(body.toString('utf8'), 'Part').map((xml) => {
      const part = parts.get(Number(contentsOf(xml, 'PartNumber')[0]));
      if (!part || part.etag !== contentsOf(xml, 'ETag')[0])
        throw new Refused(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
      return part.bytes;
    });

  return {
    /** Neither completed nor given up. */
    open: (): number => open.size,
    begin: (bucketName: string, key: string): Answer => {
      count += 1;
      open.set(`upload-${count}`, { key, parts: new Map() });
      const fields = { Bucket: bucketName, Key: key, UploadId: `upload-${count}` };
      const children = Object.entries(fields).map(([name, value]) => element(name, value));
      return { status: 200, body: document('InitiateMultipartUploadResult', ...children) };
    },
    add: (key: string, uploadId: string, partNumber: number, { body, headers }: WireRequest): Answer => {
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      find(uploadId, key).parts.set(partNumber, { bytes: body, etag });
      return {
        status: 200,
        headers: { etag, 'x-amz-checksum-sha256': String(headers['x-amz-checksum-sha256']) },
      };
    },
    complete: (bucketName: string, key: string, uploadId: string, request: WireRequest): Answer => {
      const parts = namedParts(find(uploadId, key), request);
      if (parts.length === 0) throw new Refused(400, 'MalformedXML', 'the completion names no parts');
      if (parts.slice(0, -1).some(({ length }) => length < minimumPartBytes))
        throw new Refused(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      open.delete(uploadId);
      const { versionId, etag } = bucket.put(key, Buffer.concat(parts), { parts: parts.length });
      const fields = { Location: `/${bucketName}/${key}`, Bucket: bucketName, Key: key, ETag: etag };
      const children = Object.entries(fields).map(([name, value]) => element(name, value));
      return {
        status: 200,
        headers: { 'x-amz-version-id': versionId },
        body: document('CompleteMultipartUploadResult', ...children),
      };
    },
    giveUp: (key: string, uploadId: string): Answer => {
      find(uploadId, key);
      open.delete(uploadId);
      return { status: 204 };
    },
  };
};

export type Uploads = ReturnType<typeof createUploads>;
