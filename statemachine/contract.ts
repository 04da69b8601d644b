/** The workflow's input, what its states pass to each other, and its output. The ASL file is the other half of this contract. */
import type { Stage } from '#domain/approvals/stages';
import type { EvidenceRef } from '#domain/evidence/document';
import type { Origin } from '#domain/folders/origin';
import type { ApplyInterruption } from '#domain/ledger/interruption';
import type { RollbackPin, TakenBackVersion } from '#domain/ledger/rollback-pin';
import type { NamedDoor } from '#domain/ledger/tool-row';
import type { AgainOutcome } from '#domain/reports/closing';
import type { BranchServer } from '#domain/sql/reach-table';
import type { RollbackOutcome } from './rollback-contract';

/** The input that a person types in the console: `{"migration": "002_create_core_schema.sql"}`. */
export type ExecutionInput = {
  readonly migration: string;
  /** URL of the pull request the migration came with; null when none was named. */
  readonly pullRequest: string | null;
  /** Who starts the run: an address that cannot approve it alone; null when not named. */
  readonly startedBy: string | null;
  /** Who wrote the change, such as the pull request's author: treated as who starts it; null when not named. */
  readonly author: string | null;
};

export type { RollbackPin, TakenBackVersion };

/** Pinned once by `Open run`, or `Open rollback`; everything after it uses these hashes and never the file. */
export type RunPin = {
  /** Of `[A-Za-z0-9-]`; also the folder of the evidence. */
  readonly runId: string;
  /** What tells the run from another one of the same id; absent in runs that version 0.3 or before has opened. */
  readonly owner?: string;
  /** The migration's file name. */
  readonly migration: string;
  readonly version: string;
  readonly description: string;
  readonly sha256: string;
  readonly rollbackSha256: string;
  /** Null when there is no `.checks.sql` beside the migration. */
  readonly checksSha256: string | null;
  /** Its place in another tool's folder; missing for our own form. */
  readonly origin?: Origin;
  /** The tool's table in which it gets a row; missing where there is none. */
  readonly door?: NamedDoor;
  readonly target: { readonly projectId: string; readonly branchId: string; readonly database: string };
  readonly pullRequest: string | null;
  readonly startedBy: string;
  /** Who wrote the change; null when not named, absent in runs of an earlier version. */
  readonly author?: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly approvalTimeoutSeconds: number;
  readonly monitorSeconds: number;
  readonly rollback?: RollbackPin;
};

export type { ApplyInterruption };

export type StepInput = { readonly run: RunPin; readonly previous: readonly EvidenceRef[] };
export type StepOutput = { readonly evidence: EvidenceRef };

export type OpenRunInput = {
  readonly input: unknown;
  readonly execution: { readonly id: string; readonly name: string; readonly startedAt: string };
};
export type OpenRunOutput = StepOutput & { readonly run: RunPin };

export type BranchRef = {
  readonly branchId: string;
  readonly name: string;
  /** Whose server it lies on; absent in runs of an earlier version. */
  readonly server?: BranchServer;
};
export type CreateBranchOutput = StepOutput & { readonly branch: BranchRef };
export type BranchInput = StepInput & { readonly branch: BranchRef };
/** No branch: of a rollback for which none could be made. `attempt`: of a rollback, which goes on without a dump after some. */
export type BackupInput = StepInput & { readonly branch: BranchRef | null; readonly attempt?: number };

/** What Step 4 hands to Step 16: the sample taken before anything changed. */
export type EnvironmentCheckOutput = StepOutput & { readonly baseline: EvidenceRef };

/** What Step 6 hands on: the catalogs before and after, as the branch has them. */
export type Rehearsal = StepOutput & {
  readonly catalogBefore: EvidenceRef;
  /** Null where nothing of the migration was run, because the branch would not have kept it in. */
  readonly catalogAfter: EvidenceRef | null;
};
export type RehearsalInput = StepInput & { readonly rehearsal: Rehearsal };
export type TestRollbackInput = BranchInput & { readonly rehearsal: Rehearsal };

export type Failure = {
  readonly state: string;
  readonly error: string;
  readonly cause: string;
  /** False when it is certain that the target was not changed. */
  readonly committed: boolean;
  /** The committed part of a migration that is only partly applied; absent when it is all or nothing. */
  readonly standing?: string;
  /** What became of the question whether to try again; absent where nobody was asked, or the answer was yes. */
  readonly again?: AgainOutcome;
};

export type RequestApprovalInput = StepInput & {
  readonly stage: Stage;
  readonly taskToken: string;
  readonly failure?: Failure;
};

/** Output of the approval task: what the person decided. */
export type ApprovalOutcome = StepOutput & {
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly at: string;
  readonly reason: string;
};

export type ApprovedInput = StepInput & {
  readonly approval: EvidenceRef;
  /** How often the state was tried before, by the workflow's count; absent where no workflow calls. */
  readonly attempt?: number;
};

export type ApplyMigrationInput = ApprovedInput & {
  readonly interruptions?: readonly ApplyInterruption[];
  /** How often people have let it be tried again; 0 before anybody was asked. */
  readonly round?: number;
};

/** `approval` is that of this round. */
export type ConnectAgainInput = StepInput & { readonly approval: EvidenceRef; readonly round: number };

export type EstablishOutcomeInput = StepInput & {
  readonly failure: Failure;
  readonly interruptions?: readonly ApplyInterruption[];
};
/** The outcome of Step 8, and the failure with the units that are committed on the target. */
export type EstablishOutcomeOutput = StepOutput & {
  readonly outcome: 'committed' | 'partly applied' | 'not committed';
  readonly failure: Failure;
  /** Those so far, this one among them where it was one. */
  readonly interruptions: readonly ApplyInterruption[];
  /** Step 8 can be made again: what has ended it passes by itself, and it was not made again too often. */
  readonly mayTryAgain: boolean;
};

export type MonitorInput = StepInput & { readonly baseline: EvidenceRef; readonly taskToken: string };
/** The input of every call of SampleActivity. The sealed task token is in the store, not here. */
export type SampleInput = { readonly runId: string };
/** Sent when an alarm of the table changes its state; on AWS EventBridge makes it from CloudWatch's own event. */
export type AlarmEvent = {
  /** The alarm's id, on AWS behind the installation's prefix. */
  readonly alarmName: string;
  /** CloudWatch's word: `ALARM`, `OK` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  /** ISO 8601. */
  readonly at: string;
};
/** Output of the monitoring task. */
export type MonitorOutcome = StepOutput & { readonly outcome: 'quiet' | 'alarm'; readonly summary: string };

export type SignOffInput = BranchInput;
/** The execution's output. */
export type SignOff = {
  readonly migration: string;
  readonly appliedBy: string;
  readonly date: string;
  readonly environment: string;
  readonly executionTimeMs: number | null;
  /** `demonstration` where nobody looked (--yes). */
  readonly outcome: 'signed off' | 'signed off with exceptions' | 'demonstration';
  /** What was accepted although it failed or is open, one sentence each: the first 20, and how many there are. */
  readonly exceptions: readonly string[];
  readonly exceptionCount: number;
  /** The first ones: an execution's output has at most 256 KiB. The report has them all. */
  readonly issuesFound: readonly string[];
  readonly issuesCount: number;
  readonly rollbackTested: boolean;
  /** Always false: this product refuses production. */
  readonly approvedForProduction: false;
  readonly runId: string;
  readonly report: string;
  /** The hash of the sign-off document, which names everything else: a copy kept elsewhere proves that nothing was changed. */
  readonly sha256: string;
};
export type SignOffOutput = StepOutput & { readonly signOff: SignOff };

export type CloseRunInput = StepInput & {
  readonly branch: BranchRef | null;
  readonly decision: ApprovalOutcome | null;
  readonly failure: Failure | null;
  readonly rollback: RollbackOutcome | null;
};
/** An execution that ended, and may have had no state of its own to close it. */
export type StoppedExecution = {
  /** The execution's name. */
  readonly runId: string;
  readonly status: 'ABORTED' | 'TIMED_OUT' | 'FAILED';
  /** The reason that the person who stopped it gave, or the error that ended it; null when none. */
  readonly cause: string | null;
};
/** Becomes the execution's error and cause; its output where a rollback has ended well. */
export type CloseRunOutput = StepOutput & {
  readonly error: string;
  readonly cause: string;
  /** Of a rollback that was asked for, whether it did what was asked; absent in runs of the checklist. */
  readonly isTakenBack?: boolean;
};
