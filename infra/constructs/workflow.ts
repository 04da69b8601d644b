/** A state machine, from the very file that the local engine runs. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { loadDefinition, type WorkflowName } from '#statemachine/load-definition';
import { functionTable } from '../function-table';
import { type Grant, grantTo } from '../grant';
import type { Names } from '../names';
import { makeLogGroup } from './log-group';

const deliverLogs: Grant = {
  actions: [
    ...['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery'],
    ...['logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'],
  ],
  resources: ['*'],
  reason: "logs its executions; log delivery has no resource that a policy could name (Step Functions' documentation)",
};

const trace: Grant = {
  actions: [
    ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    ...['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  ],
  resources: ['*'],
  reason: 'sends its traces; X-Ray has no resource that a policy could name',
};

/** As Step Functions' documentation lists it for `startExecution.sync:2`: its rule in EventBridge hears of the end. */
const startAndFollow = ({
  rollbackStateMachineArn,
  rollbackExecutionArns,
  nestedExecutionsRuleArn,
}: Names): readonly Grant[] => [
  {
    actions: ['states:StartExecution'],
    resources: [rollbackStateMachineArn],
    reason: 'starts the rollback of what has failed after its commit',
  },
  {
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [rollbackExecutionArns],
    reason: 'waits for the end of the rollback that it has started, and stops it when it is stopped itself',
  },
  {
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [nestedExecutionsRuleArn],
    reason: "Step Functions' own rule, by which a state hears that the execution which it has started has ended",
  },
];

export type WorkflowProps = {
  readonly workflow: WorkflowName;
  readonly stateMachineName: string;
  readonly names: Names;
  readonly encryptionKey: IKey;
};

/** As the file names the workflow that it starts. */
const rollbackWorkflow = '{RollbackWorkflowArn}';

export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { names, encryptionKey, workflow, stateMachineName } = props;
    const definition = JSON.stringify(loadDefinition(workflow));
    const called = functionTable
      .map(({ functionName }) => functionName)
      .filter((functionName) => definition.includes(`\${${functionName}Arn}`));
    const startsRollback = definition.includes(rollbackWorkflow);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    grantTo(role, [
      {
        actions: ['lambda:InvokeFunction'],
        resources: called.map(names.functionArn),
        reason: 'calls the functions that its states name',
      },
      ...(startsRollback ? startAndFollow(names) : []),
      ...[deliverLogs, trace],
    ]);
    // Below /aws/vendedlogs/ the log needs no entry in the account's one resource policy, which is of limited length.
    const logGroupName = `/aws/vendedlogs/states/${stateMachineName}`;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: {
        ...Object.fromEntries(called.map((name) => [`${name}Arn`, names.functionArn(name)])),
        ...(startsRollback && { RollbackWorkflowArn: names.rollbackStateMachineArn }),
      },
      role,
      logs: {
        destination: makeLogGroup(this, 'Logs', { logGroupName, encryptionKey }),
        level: LogLevel.ALL,
        // Not the data: the input of an approval holds its task token.
        includeExecutionData: false,
      },
      tracingEnabled: true,
      // It holds no data of its own, and a new one of the same name could not be made beside it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
