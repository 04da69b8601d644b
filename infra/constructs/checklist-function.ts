/** A function of the table with the house's defaults; its role may do what its row says and nothing else. */
import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionRow } from '../function-table';
import { type Grant, portCosts, type Surroundings } from '../port-grants';
import { storeGrants } from '../store-grants';

export type FunctionProps = {
  readonly row: FunctionRow;
  readonly code: Code;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly around: Surroundings;
};

const toStatement = ({ actions, resources, conditions }: Grant) =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });

export class ChecklistFunction extends LambdaFunction {
  constructor(scope: Construct, { row, code, timeoutSeconds, environment, around }: FunctionProps) {
    const { functionName, memoryMb, asks } = row;
    const costs = asks.map((use) => portCosts[use]);
    // A role of its own: the managed policy for Lambda may write to every log of the account.
    const role = new Role(scope, `${functionName}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(scope, `${functionName}Logs`, { retention: RetentionDays.SIX_MONTHS });
    logGroup.grantWrite(role);
    for (const grant of [...storeGrants(row, around.bucketArn), ...costs.flatMap(({ grants }) => grants(around))])
      role.addToPolicy(toStatement(grant));
    super(scope, functionName, {
      functionName: around.names.functionName(functionName),
      description: `${functionName}: ${row.file}`,
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      ...{ role, logGroup, loggingFormat: LoggingFormat.JSON },
      environment: Object.assign({}, environment, ...costs.map((cost) => cost.environment(around))),
    });
  }
}
