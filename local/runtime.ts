/** Puts the local runtime together: target, ports, engine, web server. */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { createStepFunctionsCallback } from '#adapters/aws/step-functions-callback';
import { createStepFunctionsExecutions } from '#adapters/aws/step-functions-executions';
import { createWebhookChat } from '#adapters/chat/webhook-chat';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { createFolderProjectDocuments } from '#adapters/folder/folder-project-documents';
import { createGitHubCodeHost } from '#adapters/github/code-host';
import { createHttpProbes } from '#adapters/http/http-probes';
import { createEmlFolderTransport } from '#adapters/mail/eml-folder-transport';
import { createMail } from '#adapters/mail/nodemailer-mail';
import { createBackups } from '#adapters/postgres/backup/backups';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { createPostgresDatabase } from '#adapters/postgres/postgres-database';
import { asTyped } from '#command-line/as-typed';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { bindSaved } from '#domain/checks/bind-saved';
import { statisticsFileName } from '#domain/tables/production-statistics';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Mail } from '#lambdas/ports/people';
import type { Clock, Ports } from '#lambdas/ports/ports';
import type { Clock as EngineClock } from '#local/engine/clock';
import { type Engine, type ExecutionEvent, openEngine } from '#local/engine/engine';
import { createStepFunctionsApi, isStepFunctionsRequest } from '#local/engine/wire';
import { addressWith, keepSecret, makeSecret } from '#local/web/secret';
import { openWebServer } from '#local/web/server';
import { accountAddress } from './account';
import { createLocalAlarms, type LocalAlarms } from './alarm-file';
import { findHandler } from './functions';
import { beginRollback } from './rollbacks';
import { type Disk, whereThereIsRoom } from './room-on-disk';
import type { RunOptions } from './run-options';
import { createLocalSchedule, type LocalSchedule } from './schedule';
import { openSecrets, openSigning } from './secret-keys';
import { sampleIntervalOf, settingsOf } from './settings';
import { documentsFolder, storeIn } from './state-directory';
import { createStoppedRuns } from './stopped-runs';
import { openTarget, type Target } from './target';
import { isRollback, workflowArns, workflowsHere } from './workflows';

export type Runtime = {
  readonly ports: Ports;
  readonly engine: Engine;
  readonly target: Target;
  readonly mailDirectory: string;
  /** The address of the pages with their secret: for the person who started this, and for no log. */
  readonly pagesAddress: string;
  readonly startedBy: string;
  /** Who wrote the changes; null when not named. */
  readonly author: string | null;
  readonly pullRequest: string | null;
  /** Stops an execution and waits until its run is closed: branch, lease, report. */
  stopRun(executionArn: string, cause: string): Promise<void>;
  /** Resolves when the runs of executions that have ended are closed. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

/** A mail names commands as whoever started this process types them; what is kept as evidence does not. */
const inReadersWords = (mail: Mail): Mail => ({
  send: (message) => mail.send({ ...message, text: asTyped(message.text) }),
});

const mailDirectoryIn = (stateDirectory: string) => path.join(stateDirectory, 'mail');

const engineClient = (endpoint: string, secretAccessKey: string) =>
  new SFNClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey } });

type Made = {
  readonly options: RunOptions;
  readonly stateDirectory: string;
  readonly target: Target;
  readonly pageBaseUrl: string;
  readonly secret: string;
  readonly schedule: LocalSchedule;
  readonly watching: LocalAlarms;
  readonly clock: Clock;
};

const readGitHubToken = async () => process.env['GITHUB_TOKEN']?.trim() || null;

const makePorts = async ({
  options,
  stateDirectory,
  target,
  pageBaseUrl,
  secret,
  schedule,
  watching,
  clock,
}: Made): Promise<Ports> => {
  const connection = (address: DatabaseAddress) => target.platform.connection(address);
  const store = createFolderArtifactStore({ directory: storeIn(stateDirectory) });
  const settings = settingsOf(options, target, pageBaseUrl);
  return {
    clock,
    store,
    migrations: createFolderMigrationSource(path.resolve(options.migrations), options.form),
    platform: target.platform,
    database: createPostgresDatabase({ connection, bindSaved }),
    activity: target.activity,
    ...watching,
    backups: createBackups({ connection, store, clock, readCatalog, fingerprintOf }),
    mail: inReadersWords(
      createMail({ transport: createEmlFolderTransport(mailDirectoryIn(stateDirectory)), sender: settings.sender }),
    ),
    // On one machine there is nobody else to notify.
    chat: createWebhookChat([]),
    codeHost: createGitHubCodeHost({
      url: process.env['GITHUB_SERVER_URL'] ?? 'https://github.com',
      apiUrl: process.env['GITHUB_API_URL'] ?? '',
      readToken: readGitHubToken,
      documents:
        options.documentsRepository === null
          ? null
          : { repository: options.documentsRepository, readToken: readGitHubToken },
    }),
    callback: createStepFunctionsCallback(engineClient(pageBaseUrl, secret)),
    // Nobody calls from elsewhere.
    callers: { identify: async () => null },
    executions: createStepFunctionsExecutions(engineClient(pageBaseUrl, secret), workflowArns),
    schedule,
    probes: createHttpProbes(),
    documents: createFolderProjectDocuments(documentsFolder(stateDirectory, options.documents), {
      [statisticsFileName]: path.resolve(options.statistics ?? path.join(options.migrations, '..', statisticsFileName)),
    }),
    secrets: await openSecrets(stateDirectory),
    signing: await openSigning(stateDirectory),
    settings,
  };
};

/** Closes everything that was opened, the last first, also when one of them fails. */
const closeAll = async (opened: readonly (() => Promise<void>)[]) => {
  const results = await Promise.allSettled([...opened].reverse().map((close) => close()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

export type RuntimeRequest = {
  readonly options: RunOptions;
  readonly stateDirectory: string;
  readonly onEvent: (event: ExecutionEvent, pageBaseUrl: string) => void;
  readonly onWarning: (text: string) => void;
  /** Wraps every call of a handler; for tests that inject faults. */
  readonly intercept?: (functionName: string, call: () => Promise<unknown>, payload: unknown) => Promise<unknown>;
  /** By which the workflow waits; for tests that do not wait for its pauses. */
  readonly engineClock?: EngineClock;
};

const diskOf = ({ options, stateDirectory, onWarning }: RuntimeRequest): Disk => ({
  folder: stateDirectory,
  isOwnServer: options.databaseUrl === null,
  freeBytes: async () => {
    const { bavail, bsize } = await statfs(stateDirectory);
    return bavail * bsize;
  },
  tell: onWarning,
});

/** Opens everything; executions that an earlier process left continue at once. On an error of a part it closes everything. */
export const openRuntime = async (request: RuntimeRequest): Promise<Runtime> => {
  const { options, stateDirectory, onEvent, onWarning, intercept = (_, call) => call(), engineClock } = request;
  const opened: (() => Promise<void>)[] = [];
  try {
    // First, because a taken port should not cost the start of a database.
    const secret = makeSecret();
    const server = await openWebServer({ port: options.port, secret, log: onWarning });
    opened.push(() => server.close());
    opened.push(await keepSecret(stateDirectory, secret, server.url));
    const clock: Clock = { now: () => new Date() };
    const target = await openTarget(options.databaseUrl, stateDirectory, clock);
    opened.push(() => target.close());
    const disk = diskOf(request);
    const invoke = (functionName: string, payload: unknown, signal?: AbortSignal) =>
      whereThereIsRoom(
        disk,
        functionName,
        () => intercept(functionName, () => findHandler(functionName)(payload, ports), payload),
        signal,
      );
    const schedule = createLocalSchedule({
      directory: path.join(stateDirectory, 'schedules'),
      invoke: (input, calls) => invoke(calls, input),
      onError: (name, error) => onWarning(`${name}: ${error.message}`),
    });
    opened.push(() => schedule.close());
    const watching = createLocalAlarms({
      file: path.join(stateDirectory, 'alarms.json'),
      intervalSeconds: sampleIntervalOf(options.monitorSeconds),
      clock,
      onAlarm: (event) => invoke('OnAlarm', event),
      onError: (error) => onWarning(`OnAlarm: ${error.message}`),
    });
    const made = { options, stateDirectory, target, pageBaseUrl: server.url, secret, schedule, watching, clock };
    const ports = await makePorts(made);
    const engine = await openEngine({
      ...workflowsHere(),
      journalDirectory: path.join(stateDirectory, 'engine'),
      invoke,
      ...(engineClock && { clock: engineClock }),
    });
    const closeStopped = createStoppedRuns(engine, (stopped) => invoke('CloseStopped', stopped), onWarning);
    opened.push(() => closeStopped.settled());
    engine.subscribe((event) => {
      onEvent(event, server.url);
      closeStopped.hear(event);
    });
    opened.push(() => engine.close());
    const mailDirectory = mailDirectoryIn(stateDirectory);
    const api = { handles: isStepFunctionsRequest, handle: createStepFunctionsApi(engine, secret) };
    const startedBy = options.startedBy ?? accountAddress();
    const asked = { engine, clock, startedBy };
    const running = {
      ...{ ports, api },
      isRollback,
      startRollback: async (input: Parameters<typeof beginRollback>[1]) => (await beginRollback(asked, input)).name,
    };
    server.serve({ store: ports.store, engine, mailDirectories: [mailDirectory], running });
    await schedule.resume();
    await closeStopped.resume();
    const stopRun = async (executionArn: string, cause: string) => {
      await engine.stopExecution(executionArn, { error: 'Stopped', cause });
      await closeStopped.closed(executionArn.slice(executionArn.lastIndexOf(':') + 1), cause);
    };
    return {
      ports,
      engine,
      target,
      mailDirectory,
      pagesAddress: addressWith(secret, server.url),
      startedBy,
      author: options.author,
      pullRequest: options.pullRequest,
      stopRun,
      settled: () => closeStopped.settled(),
      close: () => closeAll(opened),
    };
  } catch (error) {
    await closeAll(opened).catch(() => undefined);
    throw error;
  }
};
