/** Everything a step may ask for. Nothing else reaches outside: no clock, no network, no environment. */

import type { Principals } from '#domain/approvals/principals';
import type { ConfiguredStage } from '#domain/approvals/stages';
import type { RunLimits } from '#domain/environment/fit';
import type { Backups } from './backups';
import type { CodeHost } from './code-host';
import type { Database } from './database';
import type {
  Callers,
  Chat,
  Executions,
  Mail,
  Probes,
  ProjectDocuments,
  Schedule,
  Secrets,
  TaskCallback,
} from './people';
import type { Platform } from './platform';
import type { Signing } from './signing';
import type { ArtifactStore, MigrationSource } from './store';
import type { Activity, Alarms, Metrics } from './watching';

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
  readonly codeHost: CodeHost;
  readonly callback: TaskCallback;
  readonly executions: Executions;
  readonly callers: Callers;
  readonly schedule: Schedule;
  readonly probes: Probes;
  readonly documents: ProjectDocuments;
  readonly secrets: Secrets;
  readonly signing: Signing;
  readonly settings: Settings;
};

export type Clock = { now(): Date };

/** What was decided when the product was set up: people and durations, never secrets. */
export type Settings = {
  /** Mail addresses per stage. */
  readonly approvers: Readonly<Record<ConfiguredStage, readonly string[]>>;
  /** How many different people must approve each stage. */
  readonly approvalsNeeded: Readonly<Record<ConfiguredStage, number>>;
  /** Who may approve a rollback alone, though more are needed; empty where nobody may. */
  readonly onCall: readonly string[];
  /** Which callers of the API are which approvers; empty where nobody decides by calling it. */
  readonly principals: Principals;
  /** Where the team's messages go: a mail address. */
  readonly teamAddress: string;
  readonly sender: string;
  /** Public base of the approval pages, without a slash at the end, for example `http://127.0.0.1:4600`. */
  readonly pageBaseUrl: string;
  /** Where a person looks at a run; `{runId}` in it stands for the run, `{workflow}` for nothing or, of a rollback, `-rollback`. */
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
  /** How long others may have to wait for a lock of the migration's: longer fails box 3.5. */
  readonly longestBlockingMs: number;
  /** How long a statement may run on the branch or the target; 0 = without limit. */
  readonly statementTimeoutMs: number;
  readonly runLimits: RunLimits;
  /** For how many days the bytes of a backup are kept at least; null = for ever. */
  readonly backupKeepDays: number | null;
  /** What the connection must be, compared at Step 4. */
  readonly expected: { readonly projectId: string; readonly branchId: string; readonly database: string };
};

/** `rollback` is there in the pin of a run that takes a version back. */
export const urlOfRun = (
  { runUrl }: Pick<Settings, 'runUrl'>,
  { runId, rollback }: { readonly runId: string; readonly rollback?: unknown },
): string => runUrl.replaceAll('{runId}', runId).replaceAll('{workflow}', rollback ? '-rollback' : '');
