/**
 * A strict stand-in for AWS on this machine's loopback: the wire format of exactly the calls that our adapters make, the caller's
 * policy enforced, everything else refused.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type CloudFormationDouble, createCloudFormation } from './cloudformation';
import { type CloudWatchDouble, createCloudWatch } from './cloudwatch';
import { type CloudWatchLogsDouble, createCloudWatchLogs } from './cloudwatch-logs';
import { createFaults, type Fault } from './faults';
import { createKms, type KmsDouble } from './kms';
import { isAllowed, type PolicyStatement } from './policy';
import { createS3, type S3Double, type S3Options } from './s3';
import { createScheduler, type SchedulerDouble } from './scheduler';
import { createSecretsManager, type SecretsManagerDouble } from './secrets-manager';
import { createSes, type SesDouble } from './ses';
import { readCaller } from './signature';
import { createStepFunctions } from './step-functions';
import { type Answer, type Ask, Refused, type Service, type WireRequest } from './wire';

export type AwsDoubleOptions = {
  readonly region?: string;
  readonly account?: string;
  readonly s3?: Partial<S3Options>;
  /** Addresses and domains from which SES sends. */
  readonly verified?: readonly string[];
  /** True = SES sends to verified addresses only. */
  readonly isInSandbox?: boolean;
  readonly scheduleGroups?: readonly string[];
  readonly stateMachineArn?: string;
  readonly engineUrl?: () => string;
  /** By access key id. Left out, everybody may do everything; with it, who is not named may do nothing. */
  readonly policies?: ReadonlyMap<string, readonly PolicyStatement[]>;
};

/** One question to IAM and its answer, in the order in which they came. */
export type Asked = Ask & { readonly accessKeyId: string; readonly operation: string; readonly isAllowed: boolean };

export type AwsDouble = {
  readonly url: string;
  /** What the SDK's own variables have to say so that its clients come here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly s3: S3Double;
  readonly secretsManager: SecretsManagerDouble;
  readonly ses: SesDouble;
  readonly scheduler: SchedulerDouble;
  readonly cloudWatch: CloudWatchDouble;
  readonly cloudWatchLogs: CloudWatchLogsDouble;
  readonly cloudFormation: CloudFormationDouble;
  readonly kms: KmsDouble;
  readonly asked: readonly Asked[];
  orderFault(fault: Fault): void;
  close(): Promise<void>;
};

/** As the SDK spells the names of its services in `AWS_ENDPOINT_URL_…`. */
const endpointNames = [
  'S3',
  'SECRETS_MANAGER',
  'KMS',
  'SESV2',
  'SCHEDULER',
  'SFN',
  'CLOUDWATCH',
  'CLOUDWATCH_LOGS',
  'CLOUDFORMATION',
];

const isLoopback = (host: string | undefined) => /^127\.0\.0\.1(:\d+)?$/.test(host ?? '');

const readRequest = async (request: IncomingMessage): Promise<WireRequest> => ({
  method: request.method ?? '',
  url: new URL(request.url ?? '/', 'http://127.0.0.1'),
  headers: request.headers,
  body: await buffer(request),
});

const send = (response: ServerResponse, { status, headers = {}, body = '' }: Answer) => {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'x-amz-request-id': randomUUID(),
    'x-amzn-requestid': randomUUID(),
    ...(status !== 204 && { 'content-length': String(bytes.length) }),
    ...headers,
  });
  response.end(status === 204 ? undefined : bytes);
};

const deny = ({ denied: { status, code } }: Service, accessKeyId: string, { action, resource }: Ask) =>
  new Refused(
    status,
    code,
    `User: ${accessKeyId} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );

export const openAwsDouble = async (options: AwsDoubleOptions = {}): Promise<AwsDouble> => {
  const { region = 'eu-central-1', account = '123456789012', policies } = options;
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  const s3 = createS3({ bucketName: 'evidence', ...options.s3 });
  const secretsManager = createSecretsManager((name) => arn('secretsmanager', `secret:${name}`));
  const ses = createSes({
    identityArnOf: (identity) => arn('ses', `identity/${identity}`),
    verified: options.verified ?? [],
    isInSandbox: options.isInSandbox ?? false,
  });
  const scheduler = createScheduler({
    arnOf: (groupName, name) => arn('scheduler', `schedule/${groupName}/${name}`),
    groupNames: options.scheduleGroups ?? [],
  });
  const cloudWatch = createCloudWatch((name) => arn('cloudwatch', `alarm:${name}`));
  const cloudWatchLogs = createCloudWatchLogs((name) => arn('logs', `log-group:${name}`));
  const cloudFormation = createCloudFormation((name) => arn('cloudformation', `stack/${name}/*`));
  const stepFunctions = createStepFunctions({
    stateMachineArn: options.stateMachineArn ?? arn('states', 'stateMachine:MigrationChecklist'),
    engineUrl: options.engineUrl ?? (() => 'http://127.0.0.1:0'),
  });
  const kms = createKms((keyId) => arn('kms', `key/${keyId}`));
  const handed = { s3, secretsManager, ses, scheduler, cloudWatch, cloudWatchLogs, cloudFormation, kms };
  const services: readonly Service[] = [...Object.values(handed), stepFunctions];
  const faults = createFaults();
  const asked: Asked[] = [];

  const mayOf = (accessKeyId: string, operation: string) => (ask: Ask) => {
    const allowed = policies === undefined || isAllowed(policies.get(accessKeyId) ?? [], ask);
    asked.push({ ...ask, accessKeyId, operation, isAllowed: allowed });
    return allowed;
  };

  /** Null when the answer is to be lost. */
  const work = async (service: Service, accessKeyId: string, request: WireRequest): Promise<Answer | null> => {
    const operation = service.understand(request);
    const may = mayOf(accessKeyId, operation.name);
    for (const ask of operation.asks) if (!may(ask)) throw deny(service, accessKeyId, ask);
    const isAnswerLost = faults.meet(service, operation.name);
    const answer = await operation.perform(may);
    return isAnswerLost ? null : answer;
  };

  const answerTo = async (request: WireRequest): Promise<Answer | null> => {
    // Until the signature is read nobody knows which service is meant; S3's form of an error is as good as any.
    let service: Service = s3;
    try {
      if (!isLoopback(request.headers.host))
        throw new Refused(403, 'AccessDenied', 'only requests to 127.0.0.1 are answered');
      const caller = readCaller(request);
      const found = services.find(({ signingName }) => signingName === caller.service);
      if (!found) throw new Refused(400, 'NotSpokenByTheDouble', `there is no double of the service ${caller.service}`);
      service = found;
      return await work(service, caller.accessKeyId, request);
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(501, 'DoubleFailed', (error as Error).message);
      return service.answerRefusal(refused);
    }
  };

  const server = createServer(async (incoming, response) => {
    const answer = await answerTo(await readRequest(incoming));
    if (answer) send(response, answer);
    else response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...handed,
    url,
    asked,
    orderFault: faults.order,
    environment: {
      AWS_REGION: region,
      ...Object.fromEntries(endpointNames.map((name) => [`AWS_ENDPOINT_URL_${name}`, url])),
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
