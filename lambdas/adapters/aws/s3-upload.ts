/** Streams into S3 in parts, with bounded memory, and leaves nothing behind when the source fails. */
import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import type { StoredObject } from '#lambdas/ports/store';
import { type S3Bucket, storeFailed, uriOf } from './s3-requests';

/** 8 MB × 4 in flight: larger parts only cost memory. The limit of 10,000 parts allows 80 GB, more than fits in 15 minutes. */
const partSizeBytes = 8 * 1024 * 1024;
const partsInFlight = 4;

const measuring = () => {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, measured: () => ({ sha256: hash.digest('hex'), sizeBytes }) };
};

/** Throws the source's own error unchanged; every error of S3 becomes StoreFailed. */
export const uploadStream = async (s3: S3Bucket, key: string, source: Readable): Promise<StoredObject> => {
  const { through, measured } = measuring();
  // The upload reads it as an iterator and throws its error itself; without a listener the event would end the process.
  through.on('error', () => undefined);
  let sourceError: Error | null = null;
  const onSourceError = (error: Error) => {
    sourceError = error;
    through.destroy(error);
  };
  source.once('error', onSourceError);
  // A source that is destroyed without an error ends nothing: without this the upload would wait for ever.
  const onSourceClosed = () => {
    if (!source.readableEnded && !sourceError)
      onSourceError(source.errored ?? new Error(`the source of ${key} was closed before its end`));
  };
  source.once('close', onSourceClosed);
  if (source.destroyed) onSourceClosed();
  else source.pipe(through);
  const upload = new Upload({
    client: s3.client,
    params: { Bucket: s3.bucket, Key: key, Body: through, ChecksumAlgorithm: 'SHA256' },
    partSize: partSizeBytes,
    queueSize: partsInFlight,
    leavePartsOnError: false,
  });
  try {
    const { VersionId } = await upload.done();
    return { uri: uriOf(s3, key), versionId: VersionId ?? null, ...measured() };
  } catch (error) {
    throw sourceError ?? storeFailed(s3, key, 'written', error);
  }
};
