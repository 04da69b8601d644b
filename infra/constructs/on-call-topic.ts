/** Notifies the person on call by mail. Amazon asks the address once to confirm the subscription. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export const makeOnCallTopic = (
  scope: Construct,
  { address, encryptionKey }: { readonly address: string; readonly encryptionKey: IKey },
): Topic => {
  const topic = new Topic(scope, 'OnCall', { masterKey: encryptionKey, enforceSSL: true });
  topic.addSubscription(new EmailSubscription(address));
  // A policy of our own replaces the one that lets the whole account publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return topic;
};
