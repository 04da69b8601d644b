/** A site with one run that waits for its review, over real HTTP; the engine is played by the test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmlFolderTransport } from '#adapters/mail/eml-folder-transport';
import { createMail } from '#adapters/mail/nodemailer-mail';
import { run as request } from '#lambdas/approvals/request';
import { openWebServer, type WebServer } from '#local/web/server';
import type { ExecutionDetail, HistoryEvent, Site } from '#local/web/site';
import { type WaitingRun, type WaitingRunOptions, waitingRun } from '#test/support/waiting-run';
import { cookieOf, secret } from './ask';

type Listener = (event: { readonly name: string }) => void;

export const startedAt = '2026-11-22T08:00:00.000Z';

/** `at` counts milliseconds from the start; the event follows the one before it unless it says otherwise. */
export const historyOf = (
  ...events: readonly (readonly [
    at: number,
    type: string,
    details?: Readonly<Record<string, unknown>> | undefined,
    previous?: number,
  ])[]
): readonly HistoryEvent[] =>
  events.map(([at, type, details, previous], index) => ({
    id: index + 1,
    previousEventId: previous ?? index,
    timestamp: new Date(Date.parse(startedAt) + at).toISOString(),
    type,
    ...(details && { details }),
  }));

/** Plays the engine: a test sets its data, and every listener is called. */
export const fakeEngine = (name: string) => {
  const listeners = new Set<Listener>();
  let history: readonly HistoryEvent[] = historyOf([0, 'ExecutionStarted']);
  let execution: ExecutionDetail = {
    executionArn: `arn:aws:states:us-east-1:000000000000:execution:MigrationChecklist:${name}`,
    name,
    status: 'RUNNING',
    startDate: new Date(startedAt),
  };
  return {
    listeners,
    announce: (nextHistory: readonly HistoryEvent[], differing: Partial<ExecutionDetail> = {}) => {
      history = nextHistory;
      execution = { ...execution, ...differing };
      for (const listener of listeners) listener({ name });
    },
    subscribe: (listener: Listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listExecutions: async () => [execution],
    describeExecution: async () => execution,
    history: async () => history,
  };
};

export type FakeSite = WaitingRun & {
  readonly server: WebServer;
  readonly engine: ReturnType<typeof fakeEngine>;
  readonly mailDirectory: string;
  readonly logged: readonly string[];
  /** Sends the approval mails as `.eml` files. */
  askByMail(): Promise<void>;
  fetch(path: string, options?: RequestInit): Promise<Response>;
};

export const withSite = async <T>(
  work: (site: FakeSite) => Promise<T>,
  options: WaitingRunOptions = {},
  differing: Partial<Site> = {},
): Promise<T> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'migration-checklist-site-'));
  const mailDirectory = path.join(directory, 'mail');
  const logged: string[] = [];
  const server = await openWebServer({ port: 0, secret, log: (text) => logged.push(text) });
  const waiting = await waitingRun({ ...options, settings: { pageBaseUrl: server.url } });
  const engine = fakeEngine(waiting.run.runId);
  const mail = createMail({ transport: createEmlFolderTransport(mailDirectory), sender: 'checklist@localhost' });
  const api = {
    handles: ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) => 'x-amz-target' in headers,
    handle: async (_: unknown, response: { end(text: string): unknown }) => {
      response.end('answered by the engine');
    },
  };
  server.serve({
    store: waiting.store,
    engine,
    mailDirectories: [mailDirectory],
    running: {
      ports: waiting.ports,
      api,
      isRollback: (arn) => arn.includes('-rollback:'),
      startRollback: async () => 'rollback-1',
    },
    ...differing,
  });
  try {
    return await work({
      ...waiting,
      server,
      engine,
      mailDirectory,
      logged,
      askByMail: async () => {
        await request(waiting.input, { ...waiting.ports, mail });
      },
      fetch: (target, init) =>
        fetch(`${server.url}${target}`, { ...init, headers: { ...cookieOf(server), ...init?.headers } }),
    });
  } finally {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
};
