/** Wakes the execution that waits in Step 16 when the composite alarm goes off. */
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Function as AnyFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Names } from '../names';

export const wakeOnAlarm = (scope: Construct, names: Names, alarmArn: string): void => {
  const functionArn = names.functionArn('OnAlarm');
  const onAlarm = AnyFunction.fromFunctionAttributes(scope, 'OnAlarm', { functionArn, sameEnvironment: true });
  new Rule(scope, 'AlarmRule', {
    description: 'The target is not well after a migration: the waiting execution asks whether to roll back',
    eventPattern: {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      resources: [alarmArn],
      detail: { state: { value: ['ALARM'] } },
    },
    targets: [
      new LambdaFunction(onAlarm, {
        deadLetterQueue: Queue.fromQueueArn(scope, 'FailedEvents', names.failedEventsQueueArn),
        event: RuleTargetInput.fromObject({
          alarmName: EventField.fromPath('$.detail.alarmName'),
          state: EventField.fromPath('$.detail.state.value'),
          at: EventField.fromPath('$.time'),
        }),
      }),
    ],
  });
};
