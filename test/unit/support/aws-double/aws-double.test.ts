/** The double itself: it must refuse what AWS would refuse, else what passes on it proves nothing. */
import { GetBucketLocationCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { clientSettings, s3Client, secretsClient, sesClient, withAwsDouble } from '#test/support/aws-clients';
import { isAllowed, type PolicyStatement } from '#test/support/aws-double/policy';

const at = { Bucket: 'evidence', Key: 'runs/r-1/a' };
const put = new PutObjectCommand({ ...at, Body: 'x', ChecksumAlgorithm: 'SHA256' });

const allow = (Action: string, Resource: string, Condition?: PolicyStatement['Condition']): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

const policiesOf = (...statements: readonly PolicyStatement[]) => new Map([['AKIATEST', statements]]);

test('a call that no adapter makes is refused loudly, whatever the service', () =>
  withAwsDouble({}, async (double) => {
    const settings = clientSettings(double, { maxAttempts: 3 });

    await expect(s3Client(settings).send(new GetBucketLocationCommand({ Bucket: 'evidence' }))).rejects.toThrow(
      /does not speak location of GetObject; if an adapter needs it, teach it/,
    );
    await expect(s3Client(settings).send(new GetObjectCommand({ ...at, Range: 'bytes=0-1' }))).rejects.toThrow(
      /does not speak range of GetObject/,
    );
    await expect(s3Client(settings).send(new HeadObjectCommand(at))).rejects.toThrow();
    await expect(
      secretsClient(settings).send(new CreateSecretCommand({ Name: 'a', SecretString: 'b' })),
    ).rejects.toThrow(/does not speak secretsmanager\.CreateSecret/);
    await expect(
      sesClient(settings).send(new SendEmailCommand({ Content: { Simple: { Subject: { Data: 'x' }, Body: {} } } })),
    ).rejects.toThrow(/does not speak/);
    expect(double.asked).toEqual([]);
  }));

test('what is not signed, or not as it was signed, is refused', () =>
  withAwsDouble({}, async ({ url }) => {
    const unsigned = await fetch(`${url}/evidence/a`);

    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain('IncompleteSignature');
  }));

test('a body that is not what its checksum says is refused', () =>
  withAwsDouble({}, async (double) => {
    const wrong = new PutObjectCommand({ ...at, Body: 'x', ChecksumSHA256: Buffer.alloc(32).toString('base64') });

    await expect(s3Client(clientSettings(double)).send(wrong)).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(
      s3Client(clientSettings(double)).send(new PutObjectCommand({ ...at, Body: 'x', ChecksumAlgorithm: 'CRC32' })),
    ).rejects.toThrow(/does not speak a body without x-amz-checksum-sha256/);
  }));

test("what the caller's policy does not allow gets the service's own refusal", () =>
  withAwsDouble({ policies: policiesOf(allow('s3:PutObject', 'arn:aws:s3:::evidence/runs/*')) }, async (double) => {
    const settings = clientSettings(double);
    await s3Client(settings).send(put);

    await expect(s3Client(settings).send(new GetObjectCommand(at))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('is not authorized to perform: s3:GetObject on resource'),
    });
    await expect(s3Client(settings).send(new PutObjectCommand({ ...put.input, Key: 'a' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(secretsClient(settings).send(new GetSecretValueCommand({ SecretId: 'key' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(s3Client(clientSettings(double, { accessKeyId: 'AKIAOTHER' })).send(put)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  }));

test('a bucket with a key of its own costs the permission for the key', () =>
  withAwsDouble(
    {
      s3: { keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/k' },
      policies: policiesOf(allow('s3:PutObject', '*'), allow('s3:GetObject', '*'), allow('kms:Decrypt', '*')),
    },
    async (double) => {
      await expect(s3Client(clientSettings(double)).send(put)).rejects.toThrow(/perform: kms:GenerateDataKey/);
    },
  ));

test('that a key is absent is told only to those who may list', async () => {
  const read = allow('s3:GetObject', 'arn:aws:s3:::evidence/*');
  const list = allow('s3:ListBucket', 'arn:aws:s3:::evidence');
  const missing = (...statements: readonly PolicyStatement[]) =>
    withAwsDouble({ policies: policiesOf(...statements) }, (double) =>
      s3Client(clientSettings(double))
        .send(new GetObjectCommand(at))
        .catch(({ name }: Error) => name),
    );

  expect([await missing(read), await missing(read, list)]).toEqual(['AccessDenied', 'NoSuchKey']);
});

test('a policy is read as IAM reads it', () => {
  const ask = { action: 's3:GetObject', resource: 'arn:aws:s3:::evidence/runs/r-1', context: { 'aws:x': 'a' } };
  const verdict = (...statements: readonly PolicyStatement[]) => isAllowed(statements, ask);

  expect(verdict()).toBe(false);
  expect(verdict(allow('S3:getobject', 'arn:aws:s3:::evidence/run?/*'))).toBe(true);
  expect(verdict(allow('s3:Get*', 'arn:aws:s3:::evidence'))).toBe(false);
  expect(verdict(allow('*', '*', { StringEquals: { 'aws:x': ['a', 'b'] } }))).toBe(true);
  expect(verdict(allow('*', '*', { StringEquals: { 'aws:y': 'a' } }))).toBe(false);
  expect(verdict(allow('*', '*'), { Effect: 'Deny', Action: 's3:*', Resource: '*' })).toBe(false);
  expect(() => verdict(allow('*', '*', { Bool: { 'aws:x': 'true' } }))).toThrow('no condition Bool');
});
