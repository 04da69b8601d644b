/** The store over the wire: what its adapter sends and reads, against a strict double of S3. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createS3ArtifactStore } from '#adapters/aws/s3-artifact-store';
import { guessCode, guessesLeft } from '#lambdas/approvals/guess-code';
import { testArtifactStore } from '#test/support/artifact-store-contract';
import { clientSettings, s3Client, withAwsDouble } from '#test/support/aws-clients';
import type { AwsDouble } from '#test/support/aws-double/aws-double';

const megabyte = 1024 * 1024;

const storeOn = (double: AwsDouble, maxAttempts = 1) =>
  createS3ArtifactStore({ client: s3Client(clientSettings(double, { maxAttempts })), bucket: 'evidence' });

testArtifactStore('the S3 store on the wire', (work) =>
  withAwsDouble({ s3: { pageSize: 2 } }, (double) => work(storeOn(double))),
);

test('a stream that fails in the middle leaves no part behind', () =>
  withAwsDouble({}, async (double) => {
    const error = new Error('pg_dump ended with 1');
    const source = Readable.from(
      (async function* () {
        for (let sent = 0; sent < 20; sent += 1) yield randomBytes(megabyte);
        throw error;
      })(),
    );

    await expect(storeOn(double).writeStream('backup', source)).rejects.toBe(error);

    expect(double.asked.map(({ operation }) => operation)).toContain('AbortMultipartUpload');
    expect(double.s3.openUploads()).toBe(0);
    expect(double.s3.bucket.keys('')).toEqual([]);
  }));

test('an upload that is refused in the middle leaves no part behind', () =>
  withAwsDouble({}, async (double) => {
    double.orderFault({ operation: 'CompleteMultipartUpload', kind: 'failing', times: 1 });
    const parts = Array.from({ length: 17 }, () => randomBytes(megabyte));

    await expect(storeOn(double).writeStream('backup', Readable.from(parts))).rejects.toThrow(
      /s3:\/\/evidence\/backup cannot be written: InternalError \(500\)/,
    );

    expect(double.s3.openUploads()).toBe(0);
  }));

test('throttling is tried again by the SDK, and is StoreFailed when it lasts', () =>
  withAwsDouble({}, async (double) => {
    double.orderFault({ operation: 'PutObject', kind: 'throttled', times: 1 });
    await storeOn(double, 2).write('a', 'taken at the second attempt');
    double.orderFault({ operation: 'GetObject', kind: 'throttled', times: 1 });

    await expect(storeOn(double).read('a')).rejects.toThrow(
      /s3:\/\/evidence\/a cannot be read: SlowDown \(503\).*the service asked to slow down/,
    );
    expect((await storeOn(double).read('a'))?.toString()).toBe('taken at the second attempt');
  }));

test('a conditional write that lost says so, and two that met are tried again', () =>
  withAwsDouble({}, async (double) => {
    double.orderFault({ operation: 'PutObject', kind: 'condition lost', times: 1 });
    const lost = await storeOn(double).writeIfAbsent('a', 'x');
    double.orderFault({ operation: 'PutObject', kind: 'condition in conflict', times: 2 });
    const won = await storeOn(double).writeIfAbsent('b', 'x');

    expect([lost, won]).toEqual([false, true]);
    expect(double.s3.bucket.keys('')).toEqual(['b']);
  }));

test('a conditional write whose answer was lost is known as its own by the next attempt, and by nobody else', () =>
  withAwsDouble({}, async (double) => {
    double.orderFault({ operation: 'PutObject', kind: 'answer lost', times: 1 });
    const written = await storeOn(double, 2).writeIfAbsent('a', 'x');
    const late = await storeOn(double).writeIfAbsent('a', 'x');

    expect([written, late]).toEqual([true, false]);
    expect(double.asked.filter(({ operation }) => operation === 'PutObject')).toHaveLength(3);
    expect(double.s3.bucket.versions('a')).toHaveLength(1);
  }));

test('a conditional write that cannot find out who wrote the key says that, and not that it lost', () =>
  withAwsDouble({}, async (double) => {
    await storeOn(double).write('a', 'x');
    double.orderFault({ operation: 'GetObject', kind: 'failing', times: 1 });

    await expect(storeOn(double).writeIfAbsent('a', 'x')).rejects.toThrow(/s3:\/\/evidence\/a cannot be read/);
  }));

test('a wrong code costs one attempt, also when the answer to its count was lost', () =>
  withAwsDouble({}, async (double) => {
    const store = storeOn(double, 2);
    double.orderFault({ operation: 'PutObject', kind: 'answer lost', times: 1 });

    expect(await guessCode(store, 'a link', '654321', '123456')).toBe('wrong');
    expect(await guessesLeft(store, 'a link')).toBe(4);
  }));

test('every write is a version of its own, and a removal keeps them', () =>
  withAwsDouble({}, async (double) => {
    const store = storeOn(double);
    const [first, second] = [await store.write('a', '1'), await store.write('a', '2')];
    await store.remove('a');

    expect(double.s3.bucket.versions('a').map(({ versionId, bytes }) => [versionId, bytes?.toString()])).toEqual([
      [first.versionId, '1'],
      [second.versionId, '2'],
      [expect.any(String), undefined],
    ]);
  }));

test('a bucket that is not there is named with what to do', () =>
  withAwsDouble({ s3: { bucketName: 'another' } }, (double) =>
    expect(storeOn(double).read('a')).rejects.toThrow(/NoSuchBucket.*the bucket is gone; deploy again/),
  ));

const until = new Date('2126-01-01T00:00:00.000Z');
const lockingStore = (double: AwsDouble) =>
  createS3ArtifactStore({ client: s3Client(clientSettings(double)), bucket: 'evidence' }, (key) =>
    key.startsWith('locked/') ? until : null,
  );

test('what is to be locked is locked in governance mode, and nothing else is', () =>
  withAwsDouble({ s3: { hasObjectLock: true } }, async (double) => {
    const store = lockingStore(double);
    await store.write('locked/report.json', '{}');
    await store.writeIfAbsent('locked/decision.json', '{}');
    await store.write('free/dump', 'rows');
    await store.writeIfAbsent('free/guess', '1');

    const locks = double.s3.bucket.keys('').map((key) => [key, double.s3.bucket.versions(key).map(({ lock }) => lock)]);
    const lock = { mode: 'GOVERNANCE', until };
    expect(Object.fromEntries(locks)).toEqual({
      'free/dump': [null],
      'free/guess': [null],
      'locked/decision.json': [lock],
      'locked/report.json': [lock],
    });
  }));

test('a bucket without Object Lock refuses, and the message says so', () =>
  withAwsDouble({}, async (double) => {
    await expect(lockingStore(double).write('locked/report.json', '{}')).rejects.toThrow(
      /s3:\/\/evidence\/locked\/report.json cannot be written: InvalidRequest \(400\).*missing Object Lock Configuration/,
    );
  }));

test('whoever may not lock writes nothing, and whoever may locks no longer than allowed', () => {
  const allow = (Action: string, Condition = {}) => ({ Effect: 'Allow', Action, Resource: '*', Condition });
  const retention = (days: number) =>
    allow('s3:PutObjectRetention', {
      StringEquals: { 's3:object-lock-mode': 'GOVERNANCE' },
      NumericLessThanEquals: { 's3:object-lock-remaining-retention-days': String(days) },
    });
  const tried = (statements: ReturnType<typeof allow>[]) =>
    withAwsDouble(
      { s3: { hasObjectLock: true }, policies: new Map([['AKIATEST', [allow('s3:PutObject'), ...statements]]]) },
      (double) => lockingStore(double).write('locked/report.json', '{}'),
    );

  return Promise.all([
    expect(tried([])).rejects.toThrow(/AccessDenied.*s3:PutObjectRetention/),
    expect(tried([retention(30)])).rejects.toThrow(/AccessDenied.*s3:PutObjectRetention/),
    expect(tried([retention(100_000)])).resolves.toMatchObject({ sizeBytes: 2 }),
  ]);
});
