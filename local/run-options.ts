/** The options of a run on this machine; every command that opens the runtime fills them in. */
import type { ConfiguredStage } from '#domain/approvals/stages';

export type RunOptions = {
  /** One file name, or null for every pending migration. */
  readonly migration: string | null;
  readonly yes: boolean;
  readonly migrations: string;
  /** The form that the migrations are in; null: the folder shows it. */
  readonly form: string | null;
  readonly databaseUrl: string | null;
  readonly out: string;
  readonly monitorSeconds: number;
  readonly approvalTimeoutSeconds: number;
  readonly port: number;
  readonly approvers: readonly string[];
  /** How many different people must approve each stage. */
  readonly approvalsNeeded: Readonly<Record<ConfiguredStage, number>>;
  /** Who may approve a rollback alone, though more are needed. */
  readonly onCall: readonly string[];
  /** How long a backup is kept once there is a newer one; null for ever. */
  readonly backupKeepDays: number | null;
  readonly startedBy: string | null;
  /** Who wrote the change; null when not named. */
  readonly author: string | null;
  /** Address of the pull request that the migrations of this start came with; null when not named. */
  readonly pullRequest: string | null;
  /** The file with production's statistics; null for the one beside the migrations, if it is there. */
  readonly statistics: string | null;
  /** The folder for decision log, schema page and incident reports; null for the one in the state directory. */
  readonly documents: string | null;
  /** `owner/name`, where the documents are proposed as a pull request too; null: nowhere. */
  readonly documentsRepository: string | null;
  readonly longestBlockingMs: number;
  readonly help: boolean;
};
