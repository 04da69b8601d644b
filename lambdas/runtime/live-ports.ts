/** Composes the ports from the AWS adapters and the environment variables that the deployment sets. */
import { S3Client } from '@aws-sdk/client-s3';
import { createS3ArtifactStore, type LockUntil } from '#adapters/aws/s3-artifact-store';
import { createS3MigrationSource } from '#adapters/aws/s3-migration-source';
import { createS3ProjectDocuments } from '#adapters/aws/s3-project-documents';
import { createHttpProbes } from '#adapters/http/http-probes';
import type { Backups } from '#lambdas/ports/backups';
import type { CodeHost } from '#lambdas/ports/code-host';
import type { Database } from '#lambdas/ports/database';
import type { Callers, Chat, Executions, Mail, Schedule, Secrets, TaskCallback } from '#lambdas/ports/people';
import type { Platform } from '#lambdas/ports/platform';
import type { Clock, Ports } from '#lambdas/ports/ports';
import type { Signing } from '#lambdas/ports/signing';
import type { Activity, Alarms, Metrics } from '#lambdas/ports/watching';
import { isLockedFile } from '#lambdas/record/locked-files';
import { deferPort } from './defer-port';
import { type Environment, readText, readWholeNumber } from './environment';
import { readSettings } from './live-settings';

type LiveModule = {
  readonly platform: typeof import('./live/platform');
  readonly database: typeof import('./live/database');
  readonly activity: typeof import('./live/activity');
  readonly metrics: typeof import('./live/metrics');
  readonly alarms: typeof import('./live/alarms');
  readonly backups: typeof import('./live/backups');
  readonly mail: typeof import('./live/mail');
  readonly chat: typeof import('./live/chat');
  readonly codeHost: typeof import('./live/code-host');
  readonly callback: typeof import('./live/callback');
  readonly executions: typeof import('./live/executions');
  readonly callers: typeof import('./live/callers');
  readonly schedule: typeof import('./live/schedule');
  readonly secrets: typeof import('./live/secrets');
  readonly signing: typeof import('./live/signing');
};

/** The modules below `live/` that a function was bundled with, each loaded when its port is first asked. */
export type LiveModules = { readonly [Name in keyof LiveModule]?: () => Promise<LiveModule[Name]> };

const clock: Clock = { now: () => new Date() };

const load = <Name extends keyof LiveModule>(modules: LiveModules, name: Name): Promise<LiveModule[Name]> => {
  const found = modules[name] as (() => Promise<LiveModule[Name]>) | undefined;
  if (found) return found();
  throw new Error(
    `this function asks for ${name}, which it was bundled without; name it in infra/function-table.ts and deploy again`,
  );
};

const deferPlatform = (environment: Environment, modules: LiveModules) =>
  deferPort<Platform>(
    { describeTarget: true, createBranch: true, deleteBranch: true, connection: true, isSuspended: true },
    async () => (await load(modules, 'platform')).makePlatform(environment, clock),
  );

const deferDatabase = (platform: Platform, modules: LiveModules) =>
  deferPort<Database>(
    {
      identify: true,
      readMark: true,
      readLedger: true,
      readToolTables: true,
      adopt: true,
      recordFingerprint: true,
      readTargetState: true,
      settle: true,
      recordSignOff: true,
      recordEnd: true,
      acquireLease: true,
      requireFreeTarget: true,
      releaseLease: true,
      dropScratches: true,
      readPreparedTransactions: true,
      readInTheWay: true,
      readWithheld: true,
      endInTheWay: true,
      readCatalog: true,
      readDefaultSearchPath: true,
      readTableStatistics: true,
      estimateTableStatistics: true,
      readDatabaseSize: true,
      readServerState: true,
      readSessions: true,
      readTableContents: true,
      readOutsideTables: true,
      readPrivileges: true,
      writeWayBack: true,
      rehearse: true,
      applyMigration: true,
      rollBack: true,
      runChecks: true,
      establishOutcome: true,
      explainQueries: true,
    },
    async () => (await load(modules, 'database')).makeDatabase(platform),
  );

const dayMs = 24 * 3600 * 1000;

/** Nothing where the installation has no Object Lock: the variable is not set. */
const readLock = (environment: Environment): LockUntil => {
  if (environment['OBJECT_LOCK_DAYS'] === undefined) return () => null;
  const days = readWholeNumber(environment, 'OBJECT_LOCK_DAYS', 'days', 1);
  return (key) => (isLockedFile(key) ? new Date(clock.now().getTime() + days * dayMs) : null);
};

/** Errors when a variable that every function needs is missing or unusable; the others are read when they are needed. */
export const createLivePorts = (environment: Environment, modules: LiveModules): Ports => {
  const settings = readSettings(environment);
  const bucket = readText(environment, 'STORE_BUCKET', 'the name of the bucket');
  const s3 = { client: new S3Client(), bucket };
  const store = createS3ArtifactStore(s3, readLock(environment));
  const platform = deferPlatform(environment, modules);
  return {
    clock,
    settings,
    store,
    migrations: createS3MigrationSource(s3),
    documents: createS3ProjectDocuments(s3),
    probes: createHttpProbes(),
    platform,
    database: deferDatabase(platform, modules),
    activity: deferPort<Activity>({ takeBaseline: true, look: true }, async () =>
      (await load(modules, 'activity')).makeActivity(environment, platform),
    ),
    metrics: deferPort<Metrics>({ put: true }, async () => (await load(modules, 'metrics')).makeMetrics(settings)),
    alarms: deferPort<Alarms>({ since: true }, async () =>
      (await load(modules, 'alarms')).makeAlarms(environment, settings),
    ),
    backups: deferPort<Backups>({ make: true, verify: true, tryCopy: true }, async () =>
      (await load(modules, 'backups')).makeBackups(platform, store, clock),
    ),
    mail: deferPort<Mail>({ send: true }, async () => (await load(modules, 'mail')).makeMail(settings.sender)),
    chat: deferPort<Chat>({ post: true }, async () => (await load(modules, 'chat')).makeChat(environment)),
    codeHost: deferPort<CodeHost>({ readPullRequest: true, proposeDocuments: true }, async () =>
      (await load(modules, 'codeHost')).makeCodeHost(environment),
    ),
    callback: deferPort<TaskCallback>({ succeed: true, fail: true }, async () =>
      (await load(modules, 'callback')).makeCallback(),
    ),
    executions: deferPort<Executions>({ listRunning: true }, async () =>
      (await load(modules, 'executions')).makeExecutions(environment),
    ),
    callers: deferPort<Callers>({ identify: true }, async () =>
      (await load(modules, 'callers')).makeCallers(environment),
    ),
    schedule: deferPort<Schedule>({ create: true, remove: true }, async () =>
      (await load(modules, 'schedule')).makeSchedule(environment),
    ),
    secrets: deferPort<Secrets>({ approvalsKey: true, watchKey: true }, async () =>
      (await load(modules, 'secrets')).makeSecrets(environment),
    ),
    signing: deferPort<Signing>(
      { signRequest: true, signDecision: true, signClosing: true, publicKeys: true },
      async () => (await load(modules, 'signing')).makeSigning(environment),
    ),
  };
};
