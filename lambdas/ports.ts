/** Everything a step may ask for. Nothing else reaches outside: no clock, no network, no environment. */
import type { Readable } from 'node:stream';
import type { Backup, BackupComparison, BackupRecord } from '#domain/backup/backup';
import type { TargetRecord } from '#domain/environment/target';
import type { AlarmStates } from '#domain/monitoring/alarm-states';
import type { ActivitySample, Look } from '#domain/monitoring/sample';
import type { Database, DatabaseAddress } from '#lambdas/ports/database';
import type { Measurements } from './metrics';

export type { DatabaseIdentity, TargetRecord } from '#domain/environment/target';
export type { HeldLock, StatementRun, TableStatistics } from '#domain/locks/measured';
export type { RehearsalPhase } from '#domain/migration/rehearsal-phase';
export type { PrivilegeNeed } from '#domain/review/privilege-needs';
export type {
  ApplyOutcome,
  ApplyState,
  Database,
  DatabaseAddress,
  Privilege,
  StatementLimits,
} from '#lambdas/ports/database';

export type Ports = {
  readonly clock: Clock;
  readonly store: ArtifactStore;
  readonly migrations: MigrationSource;
  readonly platform: Platform;
  readonly database: Database;
  readonly activity: Activity;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly backups: Backups;
  readonly mail: Mail;
  readonly chat: Chat;
  readonly callback: TaskCallback;
  readonly schedule: Schedule;
  readonly probes: Probes;
  readonly documents: ProjectDocuments;
  readonly secrets: Secrets;
  readonly settings: Settings;
};

export type Clock = { now(): Date };

/** What was decided when the product was set up: people and durations, never secrets. */
export type Settings = {
  /** Mail addresses per stage. */
  readonly approvers: Readonly<Record<ApprovalStage, readonly string[]>>;
  /** Where the team's messages go: a mail address. */
  readonly teamAddress: string;
  readonly sender: string;
  /** Public base of the approval pages, without a slash at the end, for example `http://127.0.0.1:4600`. */
  readonly pageBaseUrl: string;
  /** Where a person looks at a run; `{runId}` in it stands for the run. */
  readonly runUrl: string;
  /** How long a person may take before the approval expires. */
  readonly approvalTimeoutSeconds: number;
  /** The monitoring window after apply; 24–48 h on AWS. */
  readonly monitorSeconds: number;
  /** Between two samples of the window. */
  readonly sampleIntervalSeconds: number;
  /** The application's logs whose error lines are counted while the target is watched; empty where there are none. */
  readonly applicationLogGroups: readonly string[];
  /** How long a statement of the migration may wait for a lock before the whole transaction is given up and retried. */
  readonly lockTimeoutMs: number;
  /** How long a statement may run on the branch or the target; 0 = without limit. */
  readonly statementTimeoutMs: number;
  /** What the connection must be, compared at Step 4. */
  readonly expected: { readonly projectId: string; readonly branchId: string; readonly database: string };
};

export const urlOfRun = ({ runUrl }: Pick<Settings, 'runUrl'>, runId: string): string =>
  runUrl.replaceAll('{runId}', runId);

export type ApprovalStage = 'review' | 'apply' | 'rollback';

// ── store ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export type StoredObject = {
  /** `s3://bucket/key` or `file:///…`. */
  readonly uri: string;
  /** The store's version of the object; null where the store keeps none. */
  readonly versionId: string | null;
  readonly sha256: string;
  readonly sizeBytes: number;
};

/**
 * Keys are `/`-separated, relative, of `[A-Za-z0-9._-]` segments. Errors: StoreFailed.
 * Writes are atomic: a reader sees the old bytes, the new bytes or nothing.
 */
export type ArtifactStore = {
  write(key: string, body: Uint8Array | string): Promise<StoredObject>;
  /**
   * Writes unless the key exists (`If-None-Match: *`). True for the one call that wrote it, false for all others, also when they
   * bring the same bytes. The one primitive behind single use.
   */
  writeIfAbsent(key: string, body: Uint8Array | string): Promise<boolean>;
  /** Null when there is no such key. */
  read(key: string): Promise<Buffer | null>;
  /** Keys below a prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** Memory stays bounded. When the source fails nothing is stored and the source's error is thrown. */
  writeStream(key: string, source: Readable): Promise<StoredObject>;
  /** Throws StoreFailed when there is no such key. */
  readStream(key: string): Promise<Readable>;
  /** No error when there is no such key. */
  remove(key: string): Promise<void>;
};

// ── migrations ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type MigrationSource = {
  /** File names ending in `.sql`, checks files left out, sorted by version. */
  list(): Promise<readonly string[]>;
  /** Exact bytes; null when there is no such file. */
  read(fileName: string): Promise<Buffer | null>;
};

// ── platform ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type ConnectionSettings = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: boolean;
  /** True when the host is a pooler (PgBouncer in transaction mode), which a migration must not use. */
  readonly pooled: boolean;
};

export type Branch = {
  readonly branchId: string;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Position of the parent's log the branch was made from; null where unknown. */
  readonly parentLsn: string | null;
  /** False when it only names a place in the log that nothing can be restored from. */
  readonly isRestorable: boolean;
};

/** Errors: PlatformFailed; DatabaseUnreachable. */
export type Platform = {
  describeTarget(): Promise<TargetRecord>;
  /**
   * A copy-on-write branch of the target, ready to use. Idempotent by name: a branch of that name is returned as it is.
   * Without compute the branch is a restore point: it holds the data and has no endpoint.
   */
  createBranch(request: {
    readonly name: string;
    readonly expiresAt: Date;
    readonly compute: boolean;
  }): Promise<Branch>;
  /** No error when the branch is gone. */
  deleteBranch(branchId: string): Promise<void>;
  /** Asked for every time, never stored. */
  connection(address: DatabaseAddress): Promise<ConnectionSettings>;
  /** Whether the compute that serves the branch sleeps; asking does not wake it, `connection` may. */
  isSuspended(address: DatabaseAddress): Promise<boolean>;
};

// ── watching ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What goes on in the target. Errors: DatabaseUnreachable, PlatformFailed. */
export type Activity = {
  /** The sample that later ones are compared with; finds out where statements are counted, and wakes a compute that sleeps. */
  takeBaseline(): Promise<ActivitySample>;
  /** One look that holds no connection and wakes nobody. `baseline` says where statements are counted. */
  look(baseline: Pick<ActivitySample, 'statementsSchema'>): Promise<Look>;
};

/** Where what a look says is put, so that alarms can be raised on it. */
export type Metrics = {
  put(measurements: Measurements): Promise<void>;
};

/** Who judges the metrics by the alarm table. Errors: PlatformFailed. */
export type Alarms = {
  /** What each alarm of the table did since that moment. */
  since(moment: Date): Promise<AlarmStates>;
};

/** Errors: DatabaseUnreachable, StoreFailed, VerificationFailed. */
export type Backups = {
  /** Dumps the target into the store: schema by pg_dump, rows by COPY, one snapshot. */
  make(address: DatabaseAddress, key: string): Promise<Backup>;
  /** Restores the stored backup into a scratch database at that address's server, compares, drops the scratch database. */
  verify(address: DatabaseAddress, backup: BackupRecord, scratchDatabase: string): Promise<BackupComparison>;
};

// ── people and things around ───────────────────────────────────────────────────────────────────────────────────────

export type MailMessage = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Makes a repeated delivery recognisable: the Message-ID is derived from it. */
  readonly id: string;
};

/** Sending the same `id` again is harmless. */
export type Mail = {
  send(message: MailMessage): Promise<{ readonly messageId: string; readonly answer: string }>;
};

export type Chat = {
  /** Posts to every configured channel; never throws, because nothing is undone for a message. Empty where none is configured. */
  post(text: string): Promise<readonly ChatDelivery[]>;
};

export type ChatDelivery = {
  /** Names the channel without its address, which is a secret. */
  readonly channel: string;
  readonly isDelivered: boolean;
  /** The channel's own words, or why it was not reached. */
  readonly answer: string;
};

export type TaskCallback = {
  /** Errors: TaskNoLongerWaiting. */
  succeed(taskToken: string, output: unknown): Promise<void>;
  fail(taskToken: string, error: { readonly name: string; readonly cause: string }): Promise<void>;
};

/** Calls the SampleActivity function every so often until it is cancelled or the window is over. */
export type Schedule = {
  /** Idempotent by name. `input` is handed to every call. */
  create(schedule: {
    readonly name: string;
    readonly everySeconds: number;
    readonly until: Date;
    readonly input: unknown;
  }): Promise<void>;
  /** No error when there is none. */
  remove(name: string): Promise<void>;
};

export type Probes = {
  /** GET with a time limit; never throws: `error` says why there is no status. */
  get(url: string): Promise<{
    readonly status: number | null;
    readonly error: string | null;
    readonly durationMs: number;
  }>;
};

export type ProjectDocuments = {
  /** Null when there is no such document. Names such as `decisions.md`. */
  read(name: string): Promise<string | null>;
  /** Returns where it was written. */
  write(name: string, text: string): Promise<string>;
};

export type Secrets = {
  /** At least 32 random bytes: links and codes are derived from it, task tokens sealed with it. */
  linkKey(): Promise<Buffer>;
};
