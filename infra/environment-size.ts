/** Whether what is configured fits into a Lambda's environment; Lambda itself says so only while it is being deployed. */
import type { Config } from './config';
import { commonEnvironment } from './environment';
import { functionTable } from './function-table';
import type { Names } from './names';
import { portCosts } from './port-grants';

/** AWS's quota for the variables of a function, measured as the JSON of all of them. */
export const mostEnvironmentBytes = 4_096;

const bytesOf = (environment: Readonly<Record<string, string>>) => Buffer.byteLength(JSON.stringify(environment));

/** As long as what only CloudFormation knows can be. */
const standIns = ({ 'installation.name': installation, 'installation.region': region }: Config) => {
  const accountId = '0'.repeat(12);
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  const names: Pick<
    Names,
    | 'scheduleGroup'
    | 'stateMachineArn'
    | 'rollbackStateMachineArn'
    | 'sampleFunctionArn'
    | 'remindFunctionArn'
    | 'alarmName'
  > = {
    scheduleGroup: installation,
    stateMachineArn: arn('states', `stateMachine:${installation}`),
    rollbackStateMachineArn: arn('states', `stateMachine:${installation}-rollback`),
    sampleFunctionArn: arn('lambda', `function:${installation}-SampleActivity`),
    remindFunctionArn: arn('lambda', `function:${installation}-RemindPostMortem`),
    alarmName: (id) => `${installation}-${id}`,
  };
  const keyArn = arn('kms', `key/${'0'.repeat(36)}`);
  return {
    names: names as Names,
    // A name that CloudFormation makes has at most 63 characters, a role's at most 64.
    bucketName: 'b'.repeat(63),
    schedulerRoleArn: `arn:aws:iam::${accountId}:role/${'r'.repeat(64)}`,
    signingKeyArns: { requests: keyArn, decisions: keyArn, closing: keyArn },
    pageBaseUrl: `https://0123456789.execute-api.${region}.amazonaws.com`,
    runUrl: `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${arn('states', `execution:${installation}{workflow}:{runId}`)}`,
  };
};

/** Of every function, with stand-ins for what only CloudFormation knows. */
export const estimateEnvironments = (config: Config): Readonly<Record<string, Readonly<Record<string, string>>>> => {
  const { names, schedulerRoleArn, signingKeyArns, ...common } = standIns(config);
  const context = { config, names, schedulerRoleArn, signingKeyArns, bucketArn: '', keyArn: '' };
  return Object.fromEntries(
    functionTable.map(({ functionName, asks }) => [
      functionName,
      Object.assign({}, commonEnvironment(config, common), ...asks.map((use) => portCosts[use].environment(context))),
    ]),
  );
};

/** What is wrong as a sentence; null when every function's environment fits. */
export const findEnvironmentTooLarge = (config: Config): string | null => {
  const [worst] = Object.entries(estimateEnvironments(config))
    .map(([name, environment]) => ({ name, bytes: bytesOf(environment) }))
    .sort((a, b) => b.bytes - a.bytes);
  if (!worst || worst.bytes <= mostEnvironmentBytes) return null;
  const largest = Object.entries(config)
    .map(([name, value]) => ({
      name,
      bytes: Buffer.byteLength(typeof value === 'object' ? JSON.stringify(value) : String(value)),
    }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 4);
  return `the environment of the function ${worst.name} would have ${worst.bytes} bytes, and Lambda takes ${mostEnvironmentBytes}; the longest are ${largest.map((one) => `${one.name} with ${one.bytes}`).join(', ')}: name fewer, or shorter ones`;
};
