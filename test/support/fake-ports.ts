/**
 * In-memory ports for tests. What a test did not set up throws by name when it is asked for. Stores, mails and answers take a
 * turn of the event loop, as the real ones take their time: whoever does not wait for them is seen.
 */
import { createHash, generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreFailed, TaskNoLongerWaiting } from '#domain/errors';
import type { Signer } from '#domain/signatures/signature';
import type { Mail, MailMessage, ProjectDocuments, Schedule, TaskCallback } from '#lambdas/ports/people';
import type { Clock, Ports, Settings } from '#lambdas/ports/ports';
import type { Signing } from '#lambdas/ports/signing';
import type { ArtifactStore, MigrationSource } from '#lambdas/ports/store';

/** Each port whole or in part. */
export type PortsSetUp = { readonly [Port in keyof Ports]?: Partial<Ports[Port]> };

// Jest prints values and `await` looks for `then`: neither is a use of the port.
const isLookedUpInPassing = (name: string | symbol) =>
  typeof name === 'symbol' || ['then', 'toJSON', 'asymmetricMatch', 'nodeType', '$$typeof'].includes(name);

const throwing = <T extends object>(port: string, setUp: Partial<T>): T =>
  new Proxy(setUp, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (value !== undefined || name in target || isLookedUpInPassing(name)) return value;
      throw new Error(`the test did not set up ${port}.${String(name)}`);
    },
  }) as T;

/** Ports of which only what is given works; everything else throws and names itself. */
export const fakePorts = (setUp: PortsSetUp = {}): Ports => {
  const port = <Port extends keyof Ports>(name: Port): Ports[Port] => throwing<Ports[Port]>(name, setUp[name] ?? {});
  return {
    clock: port('clock'),
    store: port('store'),
    migrations: port('migrations'),
    platform: port('platform'),
    database: port('database'),
    activity: port('activity'),
    metrics: port('metrics'),
    alarms: port('alarms'),
    backups: port('backups'),
    mail: port('mail'),
    chat: port('chat'),
    codeHost: port('codeHost'),
    callback: port('callback'),
    executions: port('executions'),
    callers: port('callers'),
    schedule: port('schedule'),
    probes: port('probes'),
    documents: port('documents'),
    secrets: port('secrets'),
    signing: port('signing'),
    settings: port('settings'),
  };
};

export type FakeClock = Clock & { advance(seconds: number): void };

/** Stands still until a test advances it. */
export const fakeClock = (startsAt = '2026-11-22T08:00:00.000Z'): FakeClock => {
  let nowMs = Date.parse(startsAt);
  return {
    now: () => new Date(nowMs),
    advance: (seconds) => {
      nowMs += seconds * 1000;
    },
  };
};

export type MemoryStore = ArtifactStore & {
  /** Everything that is stored, as text, for looking through. */
  texts(): Readonly<Record<string, string>>;
};

const validKey = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

const checkKey = (key: string) => {
  if (!validKey.test(key)) throw new StoreFailed(`"${key}" is not a key: expected segments of [A-Za-z0-9._-]`);
};

export const memoryStore = (objects: Readonly<Record<string, string | Uint8Array>> = {}): MemoryStore => {
  const held = new Map<string, Buffer>(Object.entries(objects).map(([key, body]) => [key, Buffer.from(body)]));
  const put = (key: string, body: Uint8Array | string) => {
    checkKey(key);
    const bytes = Buffer.from(body);
    held.set(key, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { uri: `memory:///${key}`, versionId: null, sha256, sizeBytes: bytes.length };
  };
  return {
    write: async (key, body) => {
      await nextTurn();
      return put(key, body);
    },
    writeIfAbsent: async (key, body) => {
      await nextTurn();
      if (held.has(key)) return false;
      put(key, body);
      return true;
    },
    read: async (key) => {
      await nextTurn();
      checkKey(key);
      return held.get(key) ?? null;
    },
    list: async (prefix) => {
      await nextTurn();
      return [...held.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    writeStream: async (key, source) => put(key, await buffer(source)),
    readStream: async (key) => {
      const bytes = held.get(key);
      if (!bytes) throw new StoreFailed(`there is no ${key} in the store`);
      return Readable.from([bytes]);
    },
    remove: async (key) => {
      await nextTurn();
      held.delete(key);
    },
    texts: () => Object.fromEntries([...held].map(([key, bytes]) => [key, bytes.toString('utf8')])),
  };
};

export type RecordingMail = Mail & {
  /** One per id: what reached the people. */
  readonly delivered: readonly MailMessage[];
  /** Every call, repeated ones too. */
  readonly sent: readonly MailMessage[];
};

export const recordingMail = (): RecordingMail => {
  const delivered: MailMessage[] = [];
  const sent: MailMessage[] = [];
  return {
    delivered,
    sent,
    send: async (message) => {
      await nextTurn();
      sent.push(message);
      if (!delivered.some(({ id }) => id === message.id)) delivered.push(message);
      return { messageId: `<${message.id}@test>`, answer: '250 accepted' };
    },
  };
};

export type CallbackAnswer =
  | { readonly taskToken: string; readonly output: unknown }
  | { readonly taskToken: string; readonly error: { readonly name: string; readonly cause: string } };

export type RecordingCallback = TaskCallback & {
  readonly answers: readonly CallbackAnswer[];
  /** From now on the task of this token is gone. */
  forget(taskToken: string): void;
};

/** Takes one answer per token; a second one meets `TaskNoLongerWaiting`, as Step Functions answers it. */
export const recordingCallback = (): RecordingCallback => {
  const answers: CallbackAnswer[] = [];
  const gone = new Set<string>();
  const answer = async (given: CallbackAnswer) => {
    await nextTurn();
    if (gone.has(given.taskToken)) throw new TaskNoLongerWaiting('the task was answered before or has timed out');
    gone.add(given.taskToken);
    answers.push(given);
  };
  return {
    answers,
    forget: (taskToken) => {
      gone.add(taskToken);
    },
    succeed: (taskToken, output) => answer({ taskToken, output }),
    fail: (taskToken, error) => answer({ taskToken, error }),
  };
};

export type ScheduleEntry = Parameters<Schedule['create']>[0];

export const recordingSchedule = (): Schedule & { readonly entries: ReadonlyMap<string, ScheduleEntry> } => {
  const entries = new Map<string, ScheduleEntry>();
  return {
    entries,
    create: async (entry) => {
      entries.set(entry.name, entry);
    },
    remove: async (name) => {
      entries.delete(name);
    },
  };
};

/** Migration files by name, checks files among them. */
export const memoryMigrations = (files: Readonly<Record<string, string>>): MigrationSource => ({
  readOthers: async () => null,
  list: async () =>
    Object.keys(files)
      .filter((name) => name.endsWith('.sql') && !name.endsWith('.checks.sql'))
      .sort(),
  read: async (fileName) => {
    const text = files[fileName];
    return text === undefined ? null : Buffer.from(text);
  },
});

export const memoryDocuments = (
  texts: Readonly<Record<string, string>> = {},
): ProjectDocuments & { readonly texts: ReadonlyMap<string, string> } => {
  const held = new Map(Object.entries(texts));
  return {
    texts: held,
    read: async (name) => held.get(name) ?? null,
    write: async (name, text) => {
      held.set(name, text);
      return `memory:///${name}`;
    },
  };
};

/** Complete settings; a test states only what it is about. */
export const testSettings = (differing: Partial<Settings> = {}): Settings => ({
  approvers: { review: ['ada@example.org'], apply: ['ada@example.org'], rollback: ['ada@example.org'] },
  approvalsNeeded: { review: 1, apply: 1, rollback: 1 },
  onCall: [],
  principals: {},
  teamAddress: 'team@example.org',
  sender: 'checklist@example.org',
  pageBaseUrl: 'http://127.0.0.1:4600',
  runUrl: 'http://127.0.0.1:4600/runs/{runId}',
  approvalTimeoutSeconds: 86_400,
  monitorSeconds: 2,
  sampleIntervalSeconds: 1,
  applicationLogGroups: [],
  lockTimeoutMs: 2_000,
  longestBlockingMs: 1_000,
  statementTimeoutMs: 0,
  runLimits: { functionSeconds: 900, backupMegabytesPerSecond: 20, largestBackupGigabytes: null },
  backupKeepDays: null,
  expected: { projectId: 'project-1', branchId: 'branch-staging', database: 'app' },
  ...differing,
});

/** The same 32 bytes always, so that links and codes are the same in every run of a test. */
export const testSecrets = {
  approvalsKey: async () => Buffer.alloc(32, 7),
  watchKey: async () => Buffer.alloc(32, 8),
};

type TestSigning = Signing & { readonly privateKeys: Readonly<Record<Signer, KeyObject>> };

/** Signs with keys of its own; `privateKeys` for tests that sign what nobody should have signed. */
export const makeTestSigning = (): TestSigning => {
  const pairs = { requests: newKeyPair(), decisions: newKeyPair(), closing: newKeyPair() };
  const pem = ({ publicKey }: KeyPairKeyObjectResult) => publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const { requests, decisions, closing } = pairs;
  return {
    signRequest: async (bytes) => sign('sha256', bytes, requests.privateKey),
    signDecision: async (bytes) => sign('sha256', bytes, decisions.privateKey),
    signClosing: async (bytes) => sign('sha256', bytes, closing.privateKey),
    publicKeys: async () => ({ requests: pem(requests), decisions: pem(decisions), closing: pem(closing) }),
    privateKeys: {
      requests: requests.privateKey,
      decisions: decisions.privateKey,
      closing: closing.privateKey,
    },
  };
};

const newKeyPair = (): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** One set of keys for a test file. */
export const testSigning = makeTestSigning();
