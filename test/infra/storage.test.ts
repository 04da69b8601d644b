import { signers } from '#domain/signatures/signature';
import { signers as signingFunctions } from '#infra/signers';
import { dataKey, type Resource, resourcesByStack, resourcesOf } from './template';

const buckets = Object.entries(resourcesOf('AWS::S3::Bucket'));
const store = buckets.find(([id]) => id.startsWith('StoreBucket'))?.[1] as Resource;

test('every bucket is encrypted, closed to the public and stays when the stack goes', () => {
  expect(buckets).toHaveLength(2);
  for (const [, bucket] of buckets) {
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  }
});

test("the store keeps versions, is encrypted with the installation's key and says who used it", () => {
  expect(store.Properties).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: {
            SSEAlgorithm: 'aws:kms',
            KMSMasterKeyID: { 'Fn::GetAtt': [expect.stringMatching(/^DataKey/), 'Arn'] },
          },
        },
      ],
    },
    LoggingConfiguration: { DestinationBucketName: { Ref: expect.stringMatching(/^AccessLogs/) } },
  });
});

test('the key is changed every year and stays when the stack goes', () => {
  const key = dataKey();

  expect(key.DeletionPolicy).toBe('Retain');
  expect(key.Properties).toMatchObject({ EnableKeyRotation: true, PendingWindowInDays: 30 });
});

const signingKeys = Object.entries(resourcesOf('AWS::KMS::Key')).filter(([id]) => id.includes('SigningKey'));

test('three keys sign, each for the functions that must and for nobody else, and stay when the stack goes', () => {
  const usedBy = signingKeys.map(([id, { Properties, DeletionPolicy }]) => {
    expect(DeletionPolicy).toBe('Retain');
    expect(Properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', PendingWindowInDays: 30 });
    const { Statement } = Properties['KeyPolicy'] as { Statement: { Effect: string; Action: string }[] };
    const [denied] = Statement.filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toMatchObject({ Action: 'kms:Sign', Principal: { AWS: '*' } });
    const named = [...JSON.stringify(denied).matchAll(/:role\/MigrationChecklist-(\w+)"/g)].map(([, name]) => name);
    return [id.replace(/SigningKey\w+$/, '').toLowerCase(), named];
  });

  expect(Object.fromEntries(usedBy)).toEqual(signingFunctions);
  expect(Object.keys(signingFunctions).sort()).toEqual([...signers].sort());
});

test('unfinished uploads go after a day, older versions after a quarter, and no current object ever', () => {
  const { Rules } = store.Properties['LifecycleConfiguration'] as { Rules: Record<string, unknown>[] };
  const ruleOf = (id: string) => Rules.find(({ Id }) => Id === id);

  expect(ruleOf('UnfinishedUploads')).toMatchObject({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
  expect(ruleOf('OlderVersions')).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: 90 } });
  for (const [id, Prefix] of [
    ['OldBackups', 'backups/'],
    ['OldBackupsOfEarlierVersions', 'runs/'],
  ] as const)
    expect(ruleOf(id)).toMatchObject({
      Prefix,
      Transitions: [
        { StorageClass: 'STANDARD_IA', TransitionInDays: 30 },
        { StorageClass: 'GLACIER_IR', TransitionInDays: 90 },
      ],
    });
  for (const rule of Rules) expect(rule).not.toHaveProperty('ExpirationInDays');
});

test('the buckets answer over TLS only, 1.2 or newer', () => {
  const policies = Object.values(resourcesOf('AWS::S3::BucketPolicy'));

  expect(policies).toHaveLength(buckets.length);
  for (const { Properties } of policies)
    expect(Properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          expect.objectContaining({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
        ]),
      },
    });
});

test('every log is encrypted and ends', () => {
  const logs = Object.values(resourcesOf('AWS::Logs::LogGroup'));

  expect(logs.length).toBeGreaterThan(Object.keys(resourcesOf('AWS::Lambda::Function')).length);
  for (const { Properties } of logs)
    expect(Properties).toMatchObject({
      RetentionInDays: 180,
      KmsKeyId: { 'Fn::ImportValue': 'MigrationChecklist-DataKeyArn' },
    });
});

test('the storage stack imports nothing: it can be made first and stay last', () => {
  expect(JSON.stringify(resourcesByStack.storage)).not.toContain('Fn::ImportValue');
});
