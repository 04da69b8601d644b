/**
 * Names and ARNs that are known before anything is made. Functions, state machine, pages and schedules refer to each other in
 * circles (a step makes a schedule that calls a function that answers the state machine that calls the step), so they do
 * it by name; and what is known by name needs no export between stacks, which would forbid later changes.
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from './config';

export type Names = {
  readonly installation: string;
  readonly stateMachine: string;
  readonly stateMachineArn: string;
  /** Of the workflow that takes a version back. */
  readonly rollbackStateMachine: string;
  readonly rollbackStateMachineArn: string;
  /** Of each of its executions. */
  readonly rollbackExecutionArns: string;
  /** Step Functions' own rule in EventBridge, of which there is one in an account and region. */
  readonly nestedExecutionsRuleArn: string;
  /** Of an execution in the Step Functions console, as `Settings.runUrl` has it. */
  readonly runUrl: string;
  readonly scheduleGroup: string;
  /** Of every schedule in the group. */
  readonly schedulesArn: string;
  readonly sampleFunctionArn: string;
  readonly remindFunctionArn: string;
  /** Where the events go whose function failed again and again. */
  readonly failedEventsQueue: string;
  readonly failedEventsQueueArn: string;
  functionName(name: string): string;
  /** Of an alarm of the alarm table, by its id. */
  alarmName(id: string): string;
  alarmArn(id: string): string;
  functionArn(name: string): string;
  secretArn(secretName: string): string;
  identityArn(identity: string): string;
  /** Of a function's role: policies of keys and bucket name the function by it. Role names are the account's, not the region's. */
  roleName(functionName: string): string;
  roleArn(functionName: string): string;
};

/** Several installations may live in one account: the installation's name begins all of them. */
export const namesIn = (scope: Construct, config: Config): Names => {
  const stack = Stack.of(scope);
  const installation = config['installation.name'];
  const colon = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const functionName = (name: string) => `${installation}-${name}`;
  const functionArn = (name: string) => colon('lambda', 'function', functionName(name));
  const rollbackMachine = `${installation}-rollback`;
  const failedEventsQueue = `${installation}-failed-events`;
  return {
    installation,
    stateMachine: installation,
    stateMachineArn: colon('states', 'stateMachine', installation),
    rollbackStateMachine: rollbackMachine,
    rollbackStateMachineArn: colon('states', 'stateMachine', rollbackMachine),
    rollbackExecutionArns: colon('states', 'execution', `${rollbackMachine}:*`),
    nestedExecutionsRuleArn: stack.formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
    }),
    runUrl: `https://${stack.region}.console.aws.amazon.com/states/home?region=${stack.region}#/v2/executions/details/${colon('states', 'execution', `${installation}{workflow}:{runId}`)}`,
    scheduleGroup: installation,
    schedulesArn: stack.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${installation}/*` }),
    sampleFunctionArn: functionArn('SampleActivity'),
    remindFunctionArn: functionArn('RemindPostMortem'),
    failedEventsQueue,
    failedEventsQueueArn: stack.formatArn({ service: 'sqs', resource: failedEventsQueue }),
    functionName,
    alarmName: (id) => `${installation}-${id}`,
    alarmArn: (id) => colon('cloudwatch', 'alarm', `${installation}-${id}`),
    functionArn,
    // Secrets Manager puts a hyphen and six characters behind the name.
    secretArn: (secretName) => colon('secretsmanager', 'secret', `${secretName}-??????`),
    roleName: functionName,
    roleArn: (name) =>
      stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: functionName(name) }),
    identityArn: (identity) => stack.formatArn({ service: 'ses', resource: 'identity', resourceName: identity }),
  };
};
