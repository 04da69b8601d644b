/** The one bucket: migrations, evidence, backups, approvals, documents. It stays when the stack is removed. */
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from '../config';

const closed = {
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
} as const satisfies BucketProps;

const megabyte = 1024 * 1024;

const cheaper = [
  { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) },
  { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) },
];

const lifecycle: readonly LifecycleRule[] = [
  // Parts of an upload whose function ended before it could abort the upload. No upload lasts longer than 15 minutes.
  { id: 'UnfinishedUploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
  // A quarter to notice that something was overwritten or deleted, and to restore it.
  {
    id: 'OlderVersions',
    noncurrentVersionExpiration: Duration.days(90),
    expiredObjectDeleteMarker: true,
  },
  // Dumps are needed in the first weeks if ever, then kept where an instant read still works at a fifth of the price. No rule lets them
  // expire: which one is the newest good one of its target a rule cannot know, so Step 5 does it (backups.keepDays). Below 1 MB the
  // cheaper classes cost more.
  { id: 'OldBackups', prefix: 'backups/', objectSizeGreaterThan: megabyte, transitions: cheaper },
  // What is over 1 MB below runs/ are the dumps of earlier versions.
  { id: 'OldBackupsOfEarlierVersions', prefix: 'runs/', objectSizeGreaterThan: megabyte, transitions: cheaper },
];

/** Who read or wrote what; 400 days, so that a yearly audit sees a whole year. */
const makeAccessLogs = (scope: Construct): Bucket => {
  const bucket = new Bucket(scope, 'AccessLogs', {
    ...closed,
    // S3 delivers access logs only to buckets with its own encryption.
    encryption: BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ id: 'OldAccessLogs', expiration: Duration.days(400) }],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It holds the access logs themselves; logging the delivery of logs would never end.',
  });
  return bucket;
};

/**
 * Without a retention for the whole bucket: dumps and one-time links must not be kept. CloudFormation makes a new bucket when
 * `ObjectLockEnabled` appears on an existing one; `ObjectLockConfiguration` it sets without interruption.
 */
const switchOnLock = (bucket: Bucket): void => {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.objectLockConfiguration = { objectLockEnabled: 'Enabled' };
};

type LockOptions = Pick<Config, 'objectLock.days' | 'objectLock.isBucketOlder'>;

export const makeStoreBucket = (scope: Construct, encryptionKey: IKey, lock: LockOptions): Bucket => {
  const [isLocking, isOlder] = [lock['objectLock.days'] > 0, lock['objectLock.isBucketOlder']];
  const bucket = new Bucket(scope, 'StoreBucket', {
    ...closed,
    versioned: true,
    ...(isLocking && !isOlder && { objectLockEnabled: true }),
    encryption: BucketEncryption.KMS,
    encryptionKey,
    // One data key for many objects: a hundredth of the requests to KMS.
    bucketKeyEnabled: true,
    serverAccessLogsBucket: makeAccessLogs(scope) as IBucket,
    lifecycleRules: [...lifecycle],
  });
  if (isLocking && isOlder) switchOnLock(bucket);
  Validations.of(bucket).acknowledge({
    id: 'CloudFormation-Validate::W9003',
    reason: 'CDK gives the size of OldBackups as a number where CloudFormation names a string; it takes both.',
  });
  return bucket;
};
