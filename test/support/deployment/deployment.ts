/**
 * The product as it would be deployed, on this machine: what `synthesize` wrote, run by the local engine over the Neon simulator
 * and the double of AWS. Nothing of the product is imported but what makes the templates; the bundles run in threads.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createS3ArtifactStore } from '#adapters/aws/s3-artifact-store';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { markStaging } from '#commands/mark-staging/mark';
import { publish } from '#commands/publish/publish';
import { readMigrations } from '#commands/publish/read-migrations';
import { type Config, parseConfig } from '#infra/config';
import { synthesize } from '#infra/synthesize';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { ArtifactStore } from '#lambdas/ports/store';
import { type Engine, type ExecutionDescription, type ExecutionEvent, openEngine } from '#local/engine/engine';
import { stateMachineArnOf } from '#local/engine/names';
import { createStepFunctionsApi } from '#local/engine/wire';
import { type NeonSimulator, startNeonSimulator } from '#local/neon-simulator/simulator';
import { makePostgresHome } from '#local/postgres/home';
import { runAsForThisProcess } from '#local/postgres/run-as';
import { substitute } from '#statemachine/load-definition';
import { clientSettings, s3Client } from '../aws-clients';
import { type AwsDouble, openAwsDouble } from '../aws-double/aws-double';
import type { AlarmChange } from '../aws-double/cloudwatch';
import { isAllowed, type PolicyStatement } from '../aws-double/policy';
import { type KeyHolder, openSignedApi } from '../aws-double/signed-api';
import { onLoopback } from '../loopback';
import { projectRoot } from '../project-root';
import { awsEnvironment } from './aws-environment';
import { type ChatChannel, openChatChannel } from './chat-channel';
import { type Deployed, readDeployed } from './deployed';
import { deliver } from './event-bridge';
import { accessKeyOf, type Containers, openContainers } from './function-containers';
import { apiAddressOf, type PageAnswer, type PageRequest, requestPage, requestSigned } from './http-api';
import { startSampling } from './sampling';

export type Deployment = {
  readonly config: Config;
  readonly deployed: Deployed;
  readonly double: AwsDouble;
  readonly engine: Engine;
  readonly chat: ChatChannel;
  readonly containers: Containers;
  /** The store as an operator with all permissions sees it. */
  readonly store: ArtifactStore;
  /** For commands that such an operator gives. */
  readonly operatorEnvironment: Readonly<Record<string, string>>;
  /** What may stand nowhere: keys, passwords, addresses and task tokens that the deployment has used. */
  secrets(): readonly string[];
  target(): ConnectionSettings;
  open(request: PageRequest): Promise<PageAnswer>;
  /** The API's address, and where on this machine it answers signed requests. */
  readonly signedApi: { readonly address: string; readonly url: string };
  /** Raises an alarm of the templates, and with it the composite one; returns when whoever that wakes is done. */
  raiseAlarm(id: string, reason: string): Promise<void>;
  /** Starts an execution as a person does in the console, and sees it to its end. */
  run(migration: string): Promise<ExecutionDescription>;
  /** The same of the second state machine. */
  rollBack(migration: string): Promise<ExecutionDescription>;
  close(): Promise<void>;
};

export type DeploymentOptions = {
  /** Changes to the example's configuration. */
  readonly config?: Partial<Config>;
  /** Whose signed requests are known, by access key id, and what IAM lets them do. */
  readonly people?: ReadonlyMap<string, KeyHolder & { readonly statements: readonly PolicyStatement[] }>;
  /** Stands before every call that the workflow makes; what it throws is what the function would have thrown. */
  readonly beforeCall?: (functionName: string) => void | Promise<void>;
};

const operatorKey = 'AKIA-OPERATOR';

/** The window in seconds, which no configuration file may say: it is handed to `synthesize` past the parser. */
const shortWindow: Partial<Config> = { 'monitor.hours': 2 / 3_600, 'monitor.sampleEveryMinutes': 1 };

const configFor = (simulator: NeonSimulator, changes: Partial<Config>): Config => ({
  ...parseConfig(readFileSync(path.join(projectRoot, 'checklist.config.example.yaml'), 'utf8'), 'the example'),
  // The functions of a deployment of ours must not knock at GitHub's own door.
  'codeHost.documentsRepository': '',
  'neon.projectId': simulator.projectId,
  'neon.stagingBranchId': simulator.stagingBranchId,
  'installation.region': awsEnvironment.region,
  'neon.sqlUrl': simulator.sqlUrl,
  'neon.database': simulator.database,
  'neon.role': simulator.role,
  'neon.apiUrl': simulator.baseUrl,
  ...shortWindow,
  ...changes,
});

const policiesOf = ({ functions }: Deployed) =>
  new Map([
    ...functions.map(({ name, statements }) => [accessKeyOf(name), statements] as const),
    [operatorKey, [{ Effect: 'Allow', Action: '*', Resource: '*' }]],
  ]);

const serveEngine = async (engine: () => Engine) => {
  const server = createServer((request, response) => void createStepFunctionsApi(engine(), null)(request, response));
  return onLoopback(server);
};

/** EventBridge's event about an execution that was stopped. */
const stoppedEvent = ({ executionArn, name, at, error, cause }: ExecutionEvent, stateMachineArn: string) => ({
  version: '0',
  id: name,
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: awsEnvironment.account,
  region: awsEnvironment.region,
  time: at,
  resources: [executionArn],
  detail: { executionArn, stateMachineArn, name, status: 'ABORTED', error: error ?? null, cause: cause ?? null },
});

/** EventBridge's event about an alarm. */
const alarmEvent = ({ name, at, from, to, reason }: AlarmChange, arn: string) => ({
  version: '0',
  id: name,
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: awsEnvironment.account,
  region: awsEnvironment.region,
  time: at.toISOString(),
  resources: [arn],
  detail: { alarmName: name, state: { value: to, reason }, previousState: { value: from } },
});

/** The last opened is closed first, every one even when another fails. */
const closeAll = async (opened: readonly (() => Promise<unknown>)[]) => {
  for (const close of [...opened].reverse()) await close().catch(() => undefined);
};

const deploy = async (options: DeploymentOptions, opened: (() => Promise<unknown>)[]): Promise<Deployment> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'migration-checklist-deployed-'));
  // PostgreSQL's own user has to get in.
  chmodSync(folder, 0o755);
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const home = await makePostgresHome(path.join(folder, 'postgres'), runAsForThisProcess());
  const simulator = await startNeonSimulator({ home });
  opened.push(() => simulator.close());
  const chat = await openChatChannel();
  opened.push(() => chat.close());

  const config = configFor(simulator, options.config ?? {});
  const deployed = readDeployed(synthesize(path.join(folder, 'cdk.out'), config));
  const { stateMachine, rollbackMachine, bucket } = deployed;

  let engine: Engine | null = null;
  const runningEngine = () => engine ?? fail('the engine is not open yet');
  const served = await serveEngine(runningEngine);
  opened.push(() => served.close());
  const double = await openAwsDouble({
    region: awsEnvironment.region,
    account: awsEnvironment.account,
    stateMachineArn: stateMachine.arn,
    engineUrl: () => served.url,
    s3: { bucketName: bucket.name, ...(bucket.keyArn && { keyArn: bucket.keyArn }) },
    verified: [config['mail.sender']],
    scheduleGroups: deployed.scheduleGroups,
    policies: policiesOf(deployed),
  });
  opened.push(() => double.close());
  for (const { name, kind } of deployed.alarms)
    double.cloudWatch.alarms.set(name, { name, kind, state: 'OK', since: new Date(0) });
  const linkKey = randomBytes(48).toString('base64');
  double.secretsManager.secrets.set(config['neon.apiKeySecret'], simulator.apiKey);
  double.secretsManager.secrets.set(config['approvals.linkKeySecret'], linkKey);
  double.secretsManager.secrets.set(config['monitor.tokenKeySecret'], randomBytes(48).toString('base64'));
  for (const { type, arn, properties } of deployed.resources)
    if (type === 'AWS::KMS::Key' && properties['KeyUsage'] === 'SIGN_VERIFY') double.kms.make(arn);
  for (const name of config['chat.webhookSecrets']) double.secretsManager.secrets.set(name, chat.url);

  const people = options.people ?? new Map();
  const address = apiAddressOf(deployed);
  const signedApi = await openSignedApi(
    awsEnvironment.region,
    people,
    (event) => {
      const signer = event.requestContext.authorizer?.iam?.userArn;
      const { statements = [] } = [...people.values()].find(({ userArn }) => userArn === signer) ?? {};
      return requestSigned(deployed, event, statements, call);
    },
    new URL(address).host,
  );
  opened.push(() => signedApi.close());
  const containers = openContainers({ ...double.environment, AWS_ENDPOINT_URL_STS: signedApi.url });
  opened.push(() => containers.close());
  const functionOf = (arn: string) =>
    deployed.functions.find((one) => one.arn === arn || one.name === arn) ?? fail(`there is no function ${arn}`);
  const call = (arn: string, input: unknown) => containers.call(functionOf(arn), input);

  const taskTokens: string[] = [];
  engine = await openEngine({
    definition: substitute(JSON.parse(stateMachine.definition), stateMachine.substitutions),
    stateMachineName: stateMachine.name,
    others: [
      {
        definition: substitute(JSON.parse(rollbackMachine.definition), rollbackMachine.substitutions),
        stateMachineName: rollbackMachine.name,
      },
    ],
    journalDirectory: path.join(folder, 'engine'),
    invoke: async (functionName, payload) => {
      const { arn } = functionOf(functionName);
      const { taskToken } = (payload ?? {}) as { readonly taskToken?: string };
      if (taskToken) taskTokens.push(taskToken);
      await options.beforeCall?.(functionName.slice(functionName.lastIndexOf('-') + 1));
      const asked = { action: 'lambda:InvokeFunction', resource: arn };
      // Which of the two calls is not said.
      if (![stateMachine, rollbackMachine].some(({ statements }) => isAllowed(statements, asked)))
        throw Object.assign(new Error(`the state machine may not call ${arn}`), {
          name: 'Lambda.AccessDeniedException',
        });
      return call(arn, payload);
    },
  });
  opened.push(() => runningEngine().close());
  const sampling = startSampling(double.scheduler, deployed, call);
  opened.push(() => sampling.settled());
  const delivered: Promise<unknown>[] = [];
  engine.subscribe((event) => {
    if (event.kind === 'ExecutionAborted')
      delivered.push(deliver(deployed, stoppedEvent(event, stateMachine.arn), call));
  });
  opened.push(() => Promise.all(delivered));

  const store = createS3ArtifactStore({
    client: s3Client({ ...clientSettings(double, { accessKeyId: operatorKey }), region: awsEnvironment.region }),
    bucket: bucket.name,
  });
  const clock = { now: () => new Date() };
  const platform = createNeonPlatform({
    apiKey: async () => simulator.apiKey,
    clock,
    baseUrl: simulator.baseUrl,
    pollIntervalMs: 50,
    projectId: simulator.projectId,
    branchId: simulator.stagingBranchId,
    database: simulator.database,
    role: simulator.role,
  });
  await markStaging(platform, { by: 'ada@example.com', clock });
  await publish(await readMigrations(path.join(projectRoot, 'migrations')), { store, remove: false });

  const target = () => simulator.connection(simulator.stagingBranchId);
  const startedBy = 'starter@example.com';
  const toItsEnd = async (request: Parameters<Engine['startExecution']>[0]) => {
    const { executionArn } = await runningEngine().startExecution(request);
    const ended = await runningEngine().waitFor(executionArn);
    await Promise.all([sampling.settled(), ...delivered]);
    return ended;
  };
  return {
    config,
    deployed,
    double,
    engine,
    chat,
    containers,
    store,
    target,
    operatorEnvironment: {
      ...double.environment,
      AWS_ACCESS_KEY_ID: operatorKey,
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    secrets: () => [target().password, simulator.apiKey, linkKey, chat.token, ...taskTokens],
    open: (request) => requestPage(deployed, request, call),
    signedApi: { address, url: signedApi.url },
    raiseAlarm: async (id, reason) => {
      const raised = deployed.alarms.filter(({ name, kind }) => name.endsWith(`-${id}`) || kind === 'CompositeAlarm');
      if (raised.length < 2) throw new Error(`the templates have no alarm ${id} with a composite one above it`);
      for (const { name, arn } of raised)
        await deliver(deployed, alarmEvent(double.cloudWatch.turn(name, 'ALARM', reason), arn), call);
    },
    run: (migration) => toItsEnd({ input: { migration, startedBy } }),
    rollBack: (migration) =>
      toItsEnd({
        stateMachineArn: stateMachineArnOf(rollbackMachine.name),
        input: { migration, startedBy, because: 'orders are counted twice' },
      }),
    close: () => closeAll(opened),
  };
};

const fail = (message: string): never => {
  throw new Error(message);
};

/** Deploys, hands over and takes down whatever happens. */
export const withDeployment = async <T>(
  options: DeploymentOptions,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> => {
  const opened: (() => Promise<unknown>)[] = [];
  try {
    return await work(await deploy(options, opened));
  } finally {
    await closeAll(opened);
  }
};

/** Resolves when the state waits for its answer. */
export const stateWaits = ({ engine }: Deployment, name: string) =>
  new Promise<void>((resolve) => {
    const stop = engine.subscribe(({ kind, state }) => {
      if (kind !== 'WaitingForToken' || state !== name) return;
      stop();
      resolve();
    });
  });
