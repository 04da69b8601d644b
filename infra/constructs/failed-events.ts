/**
 * The dead-letter queue for events whose function kept failing, so that none is lost unseen: the queue's alarm notifies the person
 * on call (lambdas/alarms.ts), and the message names the run.
 */
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Names } from '../names';

/** CloudFormation names a rule after its stack, and a stack is named after the installation. */
const rulesOf = (stack: Stack, installation: string) =>
  stack.formatArn({ service: 'events', resource: 'rule', resourceName: `${installation}-*` });

export const makeFailedEvents = (scope: Construct, { failedEventsQueue, installation }: Names): Queue => {
  const queue = new Queue(scope, 'FailedEvents', {
    queueName: failedEventsQueue,
    // Its messages hold run ids and the service's own words; with a key of ours every sender would need that key as well.
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // The longest possible: it outlasts any holiday.
    retentionPeriod: Duration.days(14),
  });
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'RulesThatCannotCallTheirFunction',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': rulesOf(Stack.of(scope), installation) } },
    }),
  );
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue itself; only a person reads it.',
  });
  return queue;
};
