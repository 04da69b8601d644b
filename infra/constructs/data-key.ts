/** The installation's own key: for the store, the logs and the messages to the person on call. It stays when the stack goes. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * The key policy names here, and not where the key is used, whoever needs it without a role of ours: a stack that uses the key
 * would otherwise change the policy in another stack, and the two would depend on each other.
 */
const letServicesUse = (key: Key) => {
  const { partition, region, account } = Stack.of(key);
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LogGroupsOfThisAccount',
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsThatTellTheTopic',
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }),
  );
};

export const makeDataKey = (scope: Construct, alias: string): Key => {
  const key = new Key(scope, 'DataKey', {
    alias,
    description: 'Evidence, backups, logs and alarms of the migration checklist',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
    // The longest possible: without the key all evidence and every backup is lost.
    pendingWindow: Duration.days(30),
  });
  letServicesUse(key);
  return key;
};
