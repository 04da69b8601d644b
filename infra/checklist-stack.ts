import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { loadDefinition } from '#statemachine/load-definition';
import type { Config } from './config';
import { ApprovalPages } from './constructs/approval-pages';
import { ChecklistFunction } from './constructs/checklist-function';
import { SampleSchedule } from './constructs/sample-schedule';
import { StoppedExecutions } from './constructs/stopped-executions';
import { Store } from './constructs/store';
import { Workflow } from './constructs/workflow';
import { commonEnvironment } from './environment';
import { type FunctionRow, functionTable } from './function-table';
import { namesIn } from './names';
import { pageTimeoutSeconds, readTimeouts } from './state-timeouts';

export type ChecklistStackProps = StackProps & {
  readonly config: Config;
  /** Where a function's bundle lies. */
  readonly codeOf: (row: FunctionRow) => Code;
};

/** Everything of the product in one account and region: the bucket, the functions, the workflow, the approval pages. */
export class ChecklistStack extends Stack {
  constructor(scope: Construct, id: string, { config, codeOf, ...props }: ChecklistStackProps) {
    super(scope, id, props);
    const definition = loadDefinition('migration-checklist');
    const timeoutOf = readTimeouts(definition);
    const names = namesIn(this);
    const { bucket } = new Store(this, 'Store');
    const pages = new ApprovalPages(this, 'ApprovalPages');
    const schedule = new SampleSchedule(this, 'SampleSchedule', names);
    const environment = commonEnvironment(config, {
      bucketName: bucket.bucketName,
      pageBaseUrl: pages.baseUrl,
      runUrl: names.runUrl,
    });
    const around = { config, names, bucketArn: bucket.bucketArn, schedulerRoleArn: schedule.role.roleArn };
    const functions = Object.fromEntries(
      functionTable.map((row) => [
        row.functionName,
        new ChecklistFunction(this, {
          ...{ row, environment, around, code: codeOf(row) },
          timeoutSeconds: row.isPage ? pageTimeoutSeconds : timeoutOf(row.functionName),
        }),
      ]),
    );
    const named = (name: string) => functions[name] ?? fail(name);
    pages.serve(named('ShowApproval'), named('DecideApproval'));
    new StoppedExecutions(this, 'StoppedExecutions', { names, closeStopped: named('CloseStopped') });
    const called = JSON.stringify(definition);
    const { stateMachine } = new Workflow(this, 'Workflow', {
      ...{ definition, names },
      functions: Object.fromEntries(Object.entries(functions).filter(([name]) => called.includes(`\${${name}Arn}`))),
    });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'ApprovalPagesUrl', { value: pages.baseUrl });
  }
}

const fail = (name: string): never => {
  throw new Error(`the checklist has no function ${name}`);
};
