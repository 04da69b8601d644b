/** The five stacks of one installation, in the order in which they are made; removing goes the other way. */
import type { App, Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Config } from './config';
import type { FunctionRow } from './function-table';
import { type StackKind, stackNameOf } from './stack-names';
import { ApprovalsStack } from './stacks/approvals-stack';
import { FunctionsStack } from './stacks/functions-stack';
import { MonitoringStack } from './stacks/monitoring-stack';
import { StorageStack } from './stacks/storage-stack';
import { WorkflowStack } from './stacks/workflow-stack';

export type InstallationProps = {
  readonly config: Config;
  /** Where a function's bundle lies. */
  readonly codeOf: (row: FunctionRow) => Code;
};

export const makeStacks = (app: App, { config, codeOf }: InstallationProps): readonly Stack[] => {
  const about = (kind: StackKind, what: string) => ({
    config,
    stackName: stackNameOf(config, kind),
    // The account comes from the credentials in use; a region from elsewhere would make a second installation by mistake.
    env: { region: config['installation.region'] },
    description: `Migration checklist: ${what}`,
  });
  const stacks = [
    new StorageStack(app, 'storage', about('storage', 'the bucket with evidence and backups, and its key')),
    new ApprovalsStack(app, 'approvals', about('approvals', 'the address of the approval pages')),
    new FunctionsStack(app, 'functions', { ...about('functions', 'one function per step'), codeOf }),
    new WorkflowStack(app, 'workflow', about('workflow', 'the state machine')),
    new MonitoringStack(app, 'monitoring', about('monitoring', 'alarms, dashboard and the person they notify')),
  ];
  // They import by name, from which CloudFormation cannot derive the order.
  stacks.forEach((stack, index) => {
    const before = stacks[index - 1];
    if (before) stack.addStackDependency(before);
  });
  return stacks;
};
