/** A function of the table with the house's defaults; its role may do what its row says and nothing else. */
import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  type Code,
  type EventInvokeConfigOptions,
  type IDestination,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionRow } from '../function-table';
import { type Grant, grantTo } from '../grant';
import { lockGrants } from '../object-lock';
import { type GrantContext, portCosts } from '../port-grants';
import { storeGrants } from '../store-grants';
import { makeLogGroup } from './log-group';

export type FunctionProps = {
  readonly row: FunctionRow;
  readonly code: Code;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly context: GrantContext;
  readonly encryptionKey: IKey;
  readonly failedEvents: IQueue;
};

const writeLogs = (logGroupArn: string): Grant => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [logGroupArn],
  reason: 'writes its own log; its log streams get their names at run time',
});

const trace: Grant = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
  reason: 'sends its traces; X-Ray has no resource that a policy could name',
};

const keepFailed = (queueArn: string): Grant => ({
  actions: ['sqs:SendMessage'],
  resources: [queueArn],
  reason: 'keeps the event that it could not process, for the person on call',
});

/** CDK's own destination would also let the function look into the queue. */
const into = ({ queueArn }: IQueue): IDestination => ({ bind: () => ({ destination: queueArn }) });

/**
 * Lambda retries an event twice by itself, after one and two minutes. A failed sample is not retried: the next one comes at
 * its time, and a late one says nothing.
 */
const repeats = (functionName: string): EventInvokeConfigOptions =>
  functionName === 'SampleActivity'
    ? { retryAttempts: 0, maxEventAge: Duration.minutes(1) }
    : { retryAttempts: 2, maxEventAge: Duration.hours(1) };

/**
 * No reserved concurrency: it would come out of the account's total, which is small in a new account. The API limits the
 * pages, a run calls at most three functions at a time, and a sample ends before the next one begins.
 */
export class ChecklistFunction extends LambdaFunction {
  constructor(scope: Construct, props: FunctionProps) {
    const { row, code, timeoutSeconds, environment, context, encryptionKey, failedEvents } = props;
    const { functionName, memoryMb, asks, isEvent } = row;
    const costs = asks.map((use) => portCosts[use]);
    // A role of its own: the managed policy for Lambda may write to every log of the account.
    const role = new Role(scope, `${functionName}Role`, {
      roleName: context.names.roleName(functionName),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const logGroup = makeLogGroup(scope, `${functionName}Logs`, { encryptionKey });
    grantTo(role, [
      ...storeGrants(row, context),
      ...lockGrants(row, context),
      ...costs.flatMap(({ grants }) => grants(context)),
      writeLogs(logGroup.logGroupArn),
      trace,
      ...(isEvent ? [keepFailed(failedEvents.queueArn)] : []),
    ]);
    super(scope, functionName, {
      functionName: context.names.functionName(functionName),
      description: `${functionName}: ${row.file}`,
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: Object.assign({}, environment, ...costs.map((cost) => cost.environment(context))),
      ...(isEvent && { ...repeats(functionName), onFailure: into(failedEvents) }),
    });
  }
}
