import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from '../config';
import { StoppedExecutions } from '../constructs/stopped-executions';
import { Workflow } from '../constructs/workflow';
import { importValue } from '../exports';
import { namesIn } from '../names';

/** The state machines, and what happens when an execution of one is stopped. */
export class WorkflowStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { readonly config: Config }) {
    super(scope, id, props);
    const names = namesIn(this, config);
    const encryptionKey = Key.fromKeyArn(this, 'DataKey', importValue(config, 'DataKeyArn'));
    const { stateMachine } = new Workflow(this, 'Workflow', {
      workflow: 'migration-checklist',
      stateMachineName: names.stateMachine,
      names,
      encryptionKey,
    });
    const rollback = new Workflow(this, 'Rollback', {
      workflow: 'migration-rollback',
      stateMachineName: names.rollbackStateMachine,
      names,
      encryptionKey,
    });
    new StoppedExecutions(this, 'StoppedExecutions', names);
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'RollbackStateMachineArn', { value: rollback.stateMachine.stateMachineArn });
  }
}
