/** Calls CloseStopped when an execution was stopped, timed out or failed, since none of its states runs any more. */
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Function as AnyFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Names } from '../names';

export class StoppedExecutions extends Construct {
  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    const functionArn = names.functionArn('CloseStopped');
    const closeStopped = AnyFunction.fromFunctionAttributes(this, 'CloseStopped', {
      functionArn,
      sameEnvironment: true,
    });
    new Rule(this, 'Rule', {
      description:
        'An execution of the migration checklist was stopped or failed: delete its branch, release its lease, write its report',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [names.stateMachineArn, names.rollbackStateMachineArn],
          status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
        },
      },
      targets: [
        new LambdaFunction(closeStopped, {
          deadLetterQueue: Queue.fromQueueArn(this, 'FailedEvents', names.failedEventsQueueArn),
          event: RuleTargetInput.fromObject({
            runId: EventField.fromPath('$.detail.name'),
            status: EventField.fromPath('$.detail.status'),
            cause: null,
          }),
        }),
      ],
    });
  }
}
