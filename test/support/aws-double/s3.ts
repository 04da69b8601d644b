/** Amazon S3 (REST and XML, path style, because the endpoint is an address): the calls of the store's adapter. */
import { createHash } from 'node:crypto';
import { type Bucket, createBucket, type ObjectLock } from './s3-bucket';
import { createUploads, type Uploads } from './s3-uploads';
import { document, element, nest } from './s3-xml';
import {
  type Answer,
  type Ask,
  notSpoken,
  type Operation,
  Refused,
  requireKnown,
  type Service,
  type WireRequest,
} from './wire';

export type S3Options = {
  readonly bucketName: string;
  /** Of the key that the bucket encrypts with, where it has one of its own. */
  readonly keyArn?: string;
  /** S3 gives 1,000 keys a page; fewer make pages without a thousand objects. */
  readonly pageSize?: number;
  /** Object Lock is switched on for the bucket. */
  readonly hasObjectLock?: boolean;
};

type Asked = {
  readonly request: WireRequest;
  readonly key: string;
  readonly query: URLSearchParams;
};

type S3Context = S3Options & { readonly bucket: Bucket; readonly uploads: Uploads };

type Spoken = {
  readonly name: string;
  readonly method: string;
  /** Parameters of the query that make it this operation. */
  readonly marks: readonly string[];
  readonly takes?: readonly string[];
  /** A condition that is not looked at would be a condition that always holds. */
  readonly headers?: readonly string[];
  readonly action: string;
  /** What the bucket's encryption costs the caller. */
  readonly keyActions: readonly string[];
  perform(context: S3Context, asked: Asked, may: (ask: Ask) => boolean): Answer;
};

const arnOf = ({ bucketName }: S3Options) => `arn:aws:s3:::${bucketName}`;

/** Only SHA-256, which our adapters ask for: what came without was not checked by anybody. */
const checkDigest = ({ request: { headers, body } }: Asked) => {
  const wanted = headers['x-amz-checksum-sha256'];
  if (wanted === undefined) throw notSpoken('S3', 'a body without x-amz-checksum-sha256');
  if (createHash('sha256').update(body).digest('base64') !== wanted)
    throw new Refused(400, 'BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
};

const metadataIn = ({ headers }: WireRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (name.startsWith('x-amz-meta-') ? [[name, String(value)]] : [])),
  );

const lockMode = 'x-amz-object-lock-mode';
const lockUntil = 'x-amz-object-lock-retain-until-date';

/** Both headers or neither. */
const lockIn = ({ headers }: WireRequest): ObjectLock | null => {
  const [mode, until] = [headers[lockMode], headers[lockUntil]];
  if (mode === undefined && until === undefined) return null;
  if (!['GOVERNANCE', 'COMPLIANCE'].includes(String(mode)) || Number.isNaN(Date.parse(String(until))))
    throw new Refused(
      400,
      'InvalidArgument',
      `${lockMode} and ${lockUntil} must both be supplied; found ${mode} and ${until}`,
    );
  return { mode: String(mode), until: new Date(String(until)) };
};

/** A permission of its own, whose conditions are about what the headers say. */
const lockAsks = (request: WireRequest, resource: string): readonly Ask[] => {
  const lock = lockIn(request);
  if (lock === null) return [];
  const days = Math.ceil((lock.until.getTime() - Date.now()) / 86_400_000);
  const context = { 's3:object-lock-mode': lock.mode, 's3:object-lock-remaining-retention-days': String(days) };
  return [{ action: 's3:PutObjectRetention', resource, context }];
};

const putObject: Spoken['perform'] = ({ bucket, hasObjectLock = false }, asked) => {
  checkDigest(asked);
  const condition = asked.request.headers['if-none-match'];
  if (condition !== undefined && condition !== '*') throw notSpoken('S3', `If-None-Match: ${condition}`);
  if (condition === '*' && bucket.find(asked.key))
    throw new Refused(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  const lock = lockIn(asked.request);
  if (lock !== null && !hasObjectLock)
    throw new Refused(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
  const metadata = metadataIn(asked.request);
  const { versionId, etag, sha256 } = bucket.put(asked.key, asked.request.body, { metadata, lock });
  return {
    status: 200,
    headers: { etag, 'x-amz-version-id': versionId, 'x-amz-checksum-sha256': sha256 ?? '' },
  };
};

const getObject: Spoken['perform'] = (context, { key, query }, may) => {
  const found = context.bucket.find(key, query.get('versionId') ?? undefined);
  if (!found) {
    // S3 answers 404 only to a caller that may list the bucket.
    if (!may({ action: 's3:ListBucket', resource: arnOf(context) }))
      throw new Refused(403, 'AccessDenied', 'Access Denied');
    throw new Refused(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const { versionId, etag, sha256, bytes, metadata } = found;
  return {
    status: 200,
    headers: {
      ...metadata,
      etag,
      'x-amz-version-id': versionId,
      'content-type': 'application/octet-stream',
      ...(sha256 !== null && { 'x-amz-checksum-sha256': sha256, 'x-amz-checksum-type': 'FULL_OBJECT' }),
    },
    body: bytes,
  };
};

const listObjects: Spoken['perform'] = ({ bucket, bucketName, pageSize = 1_000 }, { query }) => {
  const prefix = query.get('prefix') ?? '';
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString('utf8');
  const keys = bucket.keys(prefix).filter((key) => key > after);
  const page = keys.slice(0, pageSize);
  const isTruncated = keys.length > page.length;
  const contents = page.map((key) =>
    nest('Contents', element('Key', key), element('Size', bucket.find(key)?.bytes.length ?? 0)),
  );
  const next = isTruncated ? [element('NextContinuationToken', Buffer.from(page.at(-1) ?? '').toString('base64'))] : [];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: document(
      'ListBucketResult',
      ...[element('Name', bucketName), element('Prefix', prefix), element('KeyCount', page.length)],
      ...[element('MaxKeys', pageSize), element('IsTruncated', isTruncated), ...next, ...contents],
    ),
  };
};

const spoken: readonly Spoken[] = [
  {
    name: 'UploadPart',
    method: 'PUT',
    marks: ['partNumber', 'uploadId'],
    action: 's3:PutObject',
    keyActions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    perform: ({ uploads }, asked) => {
      checkDigest(asked);
      const { key, query, request } = asked;
      return uploads.add(key, query.get('uploadId') ?? '', Number(query.get('partNumber')), request);
    },
  },
  {
    name: 'PutObject',
    method: 'PUT',
    marks: [],
    headers: ['if-none-match'],
    perform: putObject,
    action: 's3:PutObject',
    keyActions: ['kms:GenerateDataKey'],
  },
  {
    name: 'CreateMultipartUpload',
    method: 'POST',
    marks: ['uploads'],
    action: 's3:PutObject',
    keyActions: ['kms:GenerateDataKey'],
    perform: ({ uploads, bucketName }, { key }) => uploads.begin(bucketName, key),
  },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    marks: ['uploadId'],
    // Decrypt, because S3 reads the parts to put them together (User Guide, "Multipart upload API and permissions").
    action: 's3:PutObject',
    keyActions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    perform: ({ uploads, bucketName }, { key, query, request }) =>
      uploads.complete(bucketName, key, query.get('uploadId') ?? '', request),
  },
  {
    name: 'AbortMultipartUpload',
    method: 'DELETE',
    marks: ['uploadId'],
    action: 's3:AbortMultipartUpload',
    keyActions: [],
    perform: ({ uploads }, { key, query }) => uploads.giveUp(key, query.get('uploadId') ?? ''),
  },
  {
    name: 'DeleteObject',
    method: 'DELETE',
    marks: [],
    action: 's3:DeleteObject',
    keyActions: [],
    perform: ({ bucket }, { key }) => {
      const marker = bucket.remove(key);
      return {
        status: 204,
        headers: marker ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId } : {},
      };
    },
  },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    marks: ['list-type'],
    takes: ['prefix', 'continuation-token'],
    action: 's3:ListBucket',
    keyActions: [],
    perform: listObjects,
  },
  {
    name: 'GetObject',
    method: 'GET',
    marks: ['versionId'],
    action: 's3:GetObjectVersion',
    keyActions: ['kms:Decrypt'],
    perform: getObject,
  },
  {
    name: 'GetObject',
    method: 'GET',
    marks: [],
    action: 's3:GetObject',
    keyActions: ['kms:Decrypt'],
    perform: getObject,
  },
];

const conditions = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'range'];

const findSpoken = (request: WireRequest): Spoken => {
  const query = request.url.searchParams;
  const found = spoken.find(({ method, marks }) => method === request.method && marks.every((mark) => query.has(mark)));
  if (!found) throw notSpoken('S3', `${request.method} ${request.url.pathname}`);
  requireKnown('S3', found.name, query.keys(), ['x-id', ...found.marks, ...(found.takes ?? [])]);
  const present = conditions.filter((name) => request.headers[name] !== undefined);
  requireKnown('S3', found.name, present, found.headers ?? []);
  return found;
};

export type S3Double = Service & {
  readonly bucket: Bucket;
  /** Uploads in parts that were neither completed nor given up. */
  openUploads(): number;
};

export const createS3 = (options: S3Options): S3Double => {
  const bucket = createBucket();
  const uploads = createUploads(bucket);
  const context: S3Context = { ...options, bucket, uploads };
  const understand = (request: WireRequest): Operation => {
    const [, bucketName = '', ...rest] = request.url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const operation = findSpoken(request);
    const isOfBucket = operation.name === 'ListObjectsV2';
    if (isOfBucket !== (key === '')) throw notSpoken('S3', `${request.method} ${request.url.pathname}`);
    const asked: Asked = { request, key, query: request.url.searchParams };
    const own: Ask = {
      action: operation.action,
      resource: isOfBucket ? `arn:aws:s3:::${bucketName}` : `arn:aws:s3:::${bucketName}/${key}`,
      ...(isOfBucket && { context: { 's3:prefix': asked.query.get('prefix') ?? '' } }),
    };
    const keyArn = options.keyArn;
    return {
      name: operation.name,
      asks: [
        own,
        ...(operation.name === 'PutObject' ? lockAsks(request, own.resource) : []),
        ...(keyArn ? operation.keyActions.map((action) => ({ action, resource: keyArn })) : []),
      ],
      perform: (may) => {
        if (bucketName !== options.bucketName)
          throw new Refused(404, 'NoSuchBucket', 'The specified bucket does not exist');
        return operation.perform(context, asked, may);
      },
    };
  };
  return {
    signingName: 's3',
    bucket,
    openUploads: uploads.open,
    understand,
    denied: { status: 403, code: 'AccessDenied' },
    throttled: { status: 503, code: 'SlowDown' },
    answerRefusal: ({ status, code, message }) => ({
      status,
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n${nest('Error', element('Code', code), element('Message', message))}`,
    }),
  };
};
