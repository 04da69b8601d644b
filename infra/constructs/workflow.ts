/** The state machine, from the very file that the local engine runs. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Names } from '../names';

export type WorkflowProps = {
  readonly definition: Record<string, unknown>;
  /** By function name; all of them may be called. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly names: Names;
};

export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { definition, functions, names }: WorkflowProps) {
    super(scope, id);
    // Delivering logs and traces knows no resources (Service Authorization Reference): those grants have to be on `*`.
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: names.stateMachine,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(functions).map(([name, { functionArn }]) => [`${name}Arn`, functionArn]),
      ),
      // Not the data: the input of an approval holds its task token.
      logs: { destination: this.makeLogs(names), level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(functions).map(({ functionArn }) => functionArn),
      }),
    );
  }

  private makeLogs({ stateMachine }: Names) {
    // Below /aws/vendedlogs/ the log needs no entry in the account's one resource policy, which is of limited length.
    return new LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/states/${stateMachine}`,
      retention: RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
