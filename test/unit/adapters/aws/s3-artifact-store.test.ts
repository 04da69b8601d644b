import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createS3ArtifactStore } from '#adapters/aws/s3-artifact-store';
import { StoreFailed } from '#domain/errors';
import { testArtifactStore } from '#test/support/artifact-store-contract';
import { s3InMemory, serviceError } from './s3-in-memory';

const bucket = 'evidence';
const megabyte = 1024 * 1024;
const throttled = serviceError('SlowDown', 503, 'Please reduce your request rate.');
const denied = serviceError('AccessDenied', 403, 'Access Denied');

const openStore = () => {
  const s3 = s3InMemory();
  return { ...s3, store: createS3ArtifactStore({ client: s3.client, bucket }) };
};

const inputsOf = (mock: ReturnType<typeof openStore>['mock'], command: Parameters<typeof mock.commandCalls>[0]) =>
  mock.commandCalls(command).map((call) => call.args[0].input as Record<string, unknown>);

testArtifactStore('the S3 store', async (work) => {
  await work(openStore().store);
});

test('a write names bucket and key and lets S3 check the bytes by their sha256', async () => {
  const { store, mock } = openStore();

  const stored = await store.write('runs/r-1/a.json', '{}');

  const digest = createHash('sha256').update('{}').digest();
  expect(inputsOf(mock, PutObjectCommand)).toEqual([
    {
      Bucket: bucket,
      Key: 'runs/r-1/a.json',
      Body: Buffer.from('{}'),
      ContentLength: 2,
      ChecksumAlgorithm: 'SHA256',
      ChecksumSHA256: digest.toString('base64'),
    },
  ]);
  expect(stored).toEqual({
    uri: 's3://evidence/runs/r-1/a.json',
    versionId: 'v1',
    sha256: digest.toString('hex'),
    sizeBytes: 2,
  });
});

test('a single-use write asks S3 for the condition, and says false when it lost', async () => {
  const { store, mock } = openStore();

  const outcomes = [await store.writeIfAbsent('d', 'one'), await store.writeIfAbsent('d', 'two')];

  expect(outcomes).toEqual([true, false]);
  expect(inputsOf(mock, PutObjectCommand).map(({ IfNoneMatch }) => IfNoneMatch)).toEqual(['*', '*']);
});

test('a single-use write that met another one at the same moment is tried again', async () => {
  const { store, mock } = openStore();
  const conflict = serviceError('ConditionalRequestConflict', 409);
  mock.on(PutObjectCommand).rejectsOnce(conflict).rejectsOnce(conflict).resolvesOnce({});

  expect(await store.writeIfAbsent('d', 'x')).toBe(true);
});

test('a single-use write that keeps meeting others gives up by name', async () => {
  const { store, mock } = openStore();
  mock.on(PutObjectCommand).rejects(serviceError('ConditionalRequestConflict', 409));

  await expect(store.writeIfAbsent('d', 'x')).rejects.toThrow(StoreFailed);
  expect(mock.commandCalls(PutObjectCommand)).toHaveLength(3);
});

test.each([
  ['write', PutObjectCommand, (store: ReturnType<typeof openStore>['store']) => store.write('k', 'x'), 'written'],
  [
    'writeIfAbsent',
    PutObjectCommand,
    (store: ReturnType<typeof openStore>['store']) => store.writeIfAbsent('k', 'x'),
    'written',
  ],
  [
    'writeStream',
    PutObjectCommand,
    (store: ReturnType<typeof openStore>['store']) => store.writeStream('k', Readable.from(['x'])),
    'written',
  ],
  ['read', GetObjectCommand, (store: ReturnType<typeof openStore>['store']) => store.read('k'), 'read'],
  ['readStream', GetObjectCommand, (store: ReturnType<typeof openStore>['store']) => store.readStream('k'), 'read'],
  ['list', ListObjectsV2Command, (store: ReturnType<typeof openStore>['store']) => store.list('k'), 'listed'],
  ['remove', DeleteObjectCommand, (store: ReturnType<typeof openStore>['store']) => store.remove('k'), 'removed'],
] as const)('%s says which object, what S3 answered and what to do', async (_, command, call, done) => {
  const { store, mock } = openStore();

  mock.on(command as never).rejects(throttled);
  await expect(call(store)).rejects.toMatchObject({
    name: 'StoreFailed',
    message: expect.stringMatching(
      new RegExp(`^s3://evidence/k cannot be ${done}: SlowDown \\(503\\), request r-1: Please reduce.*trying again`),
    ),
    cause: throttled,
  });

  mock.on(command as never).rejects(denied);
  await expect(call(store)).rejects.toThrow(
    /AccessDenied \(403\).*Access Denied; the role that asked, a function's or your own, is not allowed to/,
  );
});

test('a stream goes up in parts of 8 MB with checksums', async () => {
  const { store, mock } = openStore();
  const whole = randomBytes(17 * megabyte);

  const stored = await store.writeStream('backup', Readable.from([whole]));

  expect(stored).toMatchObject({ versionId: 'v1', sizeBytes: whole.length });
  expect(inputsOf(mock, CreateMultipartUploadCommand)).toEqual([
    expect.objectContaining({ Bucket: bucket, Key: 'backup', ChecksumAlgorithm: 'SHA256' }),
  ]);
  const sizes = inputsOf(mock, UploadPartCommand).map(({ Body }) => (Body as Uint8Array).length);
  expect(sizes.sort((a, b) => b - a)).toEqual([8 * megabyte, 8 * megabyte, megabyte]);
});

test('an upload whose source fails in the middle is given up, and the source speaks', async () => {
  const { store, mock, openUploads } = openStore();
  const error = new Error('pg_dump ended with 1');
  const source = Readable.from(
    (async function* () {
      for (let sent = 0; sent < 40; sent += 1) yield randomBytes(megabyte);
      throw error;
    })(),
  );

  await expect(store.writeStream('backup', source)).rejects.toBe(error);

  expect(mock.commandCalls(CreateMultipartUploadCommand)).toHaveLength(1);
  expect(mock.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
  expect(openUploads.size).toBe(0);
});

test('an upload that S3 refuses in the middle is given up, and the source is ended', async () => {
  const { store, mock, openUploads } = openStore();
  mock.on(UploadPartCommand, { PartNumber: 2 }).rejects(throttled);
  const source = Readable.from(Array.from({ length: 40 }, () => randomBytes(megabyte)));

  await expect(store.writeStream('backup', source)).rejects.toThrow(
    /s3:\/\/evidence\/backup cannot be written: SlowDown/,
  );

  expect(mock.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
  expect(openUploads.size).toBe(0);
  expect(source.destroyed).toBe(true);
});

test('a source that was ended before the upload began stores nothing', async () => {
  const { store } = openStore();
  const source = new Readable({ read() {} });
  source.destroy();

  await expect(store.writeStream('k', source)).rejects.toThrow('closed before its end');
  expect(await store.list('')).toEqual([]);
});

test('a download that breaks off says so under our name', async () => {
  const { store, mock } = openStore();
  const body = new Readable({ read() {} });
  body.push('half');
  mock.on(GetObjectCommand).resolves({ Body: body as never });

  const stream = await store.readStream('k');
  body.destroy(Object.assign(new Error('socket hang up'), { name: 'ECONNRESET' }));

  await expect(stream.toArray()).rejects.toMatchObject({
    name: 'StoreFailed',
    message: 's3://evidence/k cannot be read: ECONNRESET: socket hang up',
  });
});
