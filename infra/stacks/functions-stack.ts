import { ArnFormat, Stack, type StackProps } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { loadDefinition, workflowNames } from '#statemachine/load-definition';
import type { Config } from '../config';
import { ChecklistFunction } from '../constructs/checklist-function';
import { makeFailedEvents } from '../constructs/failed-events';
import { SampleSchedule } from '../constructs/sample-schedule';
import { commonEnvironment } from '../environment';
import { importValue } from '../exports';
import { type FunctionRow, functionTable } from '../function-table';
import { namesIn } from '../names';
import type { GrantContext } from '../port-grants';
import { pageTimeoutSeconds, readTimeouts } from '../state-timeouts';

export type FunctionsStackProps = StackProps & {
  readonly config: Config;
  /** Where a function's bundle lies. */
  readonly codeOf: (row: FunctionRow) => Code;
};

/** The paths of the API that lead to a function. */
const pathsOf = ({ functionName }: FunctionRow) =>
  functionName === 'AnswerTerminal' ? 'terminal/*' : 'approvals/{link}';

/** One function for every row of the table, and what lies around them: the schedules and the queue of failed events. */
export class FunctionsStack extends Stack {
  constructor(scope: Construct, id: string, { config, codeOf, ...props }: FunctionsStackProps) {
    super(scope, id, props);
    const names = namesIn(this, config);
    const timeoutOf = readTimeouts(...workflowNames.map(loadDefinition));
    const schedule = new SampleSchedule(this, 'SampleSchedule', names);
    const context: GrantContext = {
      config,
      names,
      bucketArn: importValue(config, 'StoreBucketArn'),
      keyArn: importValue(config, 'DataKeyArn'),
      schedulerRoleArn: schedule.role.roleArn,
      signingKeyArns: {
        requests: importValue(config, 'RequestsSigningKeyArn'),
        decisions: importValue(config, 'DecisionsSigningKeyArn'),
        closing: importValue(config, 'ClosingSigningKeyArn'),
      },
    };
    const shared = {
      context,
      encryptionKey: Key.fromKeyArn(this, 'DataKey', context.keyArn),
      failedEvents: makeFailedEvents(this, names),
      environment: commonEnvironment(config, {
        bucketName: importValue(config, 'StoreBucketName'),
        pageBaseUrl: importValue(config, 'ApprovalPagesUrl'),
        runUrl: names.runUrl,
      }),
    };
    for (const row of functionTable) {
      const timeoutSeconds = row.isPage ? pageTimeoutSeconds : timeoutOf(row.functionName);
      const made = new ChecklistFunction(this, { ...shared, row, code: codeOf(row), timeoutSeconds });
      if (row.isPage) this.letPagesCall(made, config, pathsOf(row));
    }
  }

  private letPagesCall(page: ChecklistFunction, config: Config, paths: string): void {
    page.addPermission('ApprovalPages', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: this.formatArn({
        service: 'execute-api',
        resource: importValue(config, 'ApprovalPagesApiId'),
        resourceName: `*/*/${paths}`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    });
  }
}
