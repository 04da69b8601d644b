/**
 * Names and ARNs that are known before anything is made. Functions, state machine and schedules refer to each other in
 * circles (a step makes a schedule that calls a function that answers the state machine that calls the step), so they do
 * it by name.
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

export type Names = {
  readonly stateMachine: string;
  readonly stateMachineArn: string;
  /** Of an execution in the Step Functions console; `{runId}` in it stands for the execution's name. */
  readonly runUrl: string;
  readonly scheduleGroup: string;
  /** Of every schedule in the group. */
  readonly schedulesArn: string;
  readonly sampleFunctionArn: string;
  functionName(name: string): string;
  /** Of an alarm of the alarm table, by its id. */
  alarmName(id: string): string;
  /** Of every alarm of this installation. */
  readonly alarmsArn: string;
  secretArn(secretName: string): string;
  identityArn(identity: string): string;
};

/** Several installations may live in one account: the stack's name begins all of them. */
export const namesIn = (scope: Construct): Names => {
  const stack = Stack.of(scope);
  const prefix = stack.stackName;
  const colon = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const functionName = (name: string) => `${prefix}-${name}`;
  return {
    stateMachine: prefix,
    stateMachineArn: colon('states', 'stateMachine', prefix),
    runUrl: `https://${stack.region}.console.aws.amazon.com/states/home?region=${stack.region}#/v2/executions/details/${colon('states', 'execution', `${prefix}:{runId}`)}`,
    scheduleGroup: prefix,
    schedulesArn: stack.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${prefix}/*` }),
    sampleFunctionArn: colon('lambda', 'function', functionName('SampleActivity')),
    functionName,
    alarmName: (id) => `${prefix}-${id}`,
    alarmsArn: colon('cloudwatch', 'alarm', `${prefix}-*`),
    // Secrets Manager puts a hyphen and six characters behind the name.
    secretArn: (secretName) => colon('secretsmanager', 'secret', `${secretName}-??????`),
    identityArn: (identity) => stack.formatArn({ service: 'ses', resource: 'identity', resourceName: identity }),
  };
};
