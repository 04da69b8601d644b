/** What the states of a rollback take and give, and what a failed run and its rollback know of each other. */
import type { EvidenceRef } from '#domain/evidence/document';
import type { AgainOutcome, RollbackOutcome as OutcomeOfRollback } from '#domain/reports/closing';
import type { ApprovedInput, BranchRef, Failure, OpenRunOutput, RunPin, StepInput, StepOutput } from './contract';

/** What a rollback is started with: `{"migration": "002_create_core_schema.sql"}`; by a run that has failed after its commit with more. */
export type RollbackInput = {
  /** The file's name, its version, or the id of the run that applied it. */
  readonly migration: string;
  /** Why it is wanted; null when not said. */
  readonly because: string | null;
  /** Who asks for it; null when not named. */
  readonly startedBy: string | null;
  /** Take back what was applied after it as well, the last first. */
  readonly withLater: boolean;
  /** The run that asks, and why: `migration` is its id then. Null where a person asks. */
  readonly failedRun: { readonly run: RunPin; readonly failure: Failure } | null;
};

/** `failure` is why it was asked for: what the question, and the incident report, name. */
export type OpenRollbackOutput = OpenRunOutput & { readonly failure: Failure };

/** `attempt` is how often the state was tried before. */
export type RehearseRollbackInput = StepInput & { readonly attempt?: number };
/** What the rehearsal of a rollback hands on. */
export type RollbackRehearsal = StepOutput & {
  /** Null where the platform made none: the rollback goes on without a rehearsal. */
  readonly branch: BranchRef | null;
  readonly rehearsal: RehearsedRollback;
};
/** The catalog that the target has to have after the rollback; null where none was recorded. */
export type RehearsedRollback = { readonly catalogBefore: EvidenceRef | null };
export type VerifyRollbackInput = StepInput & {
  readonly rehearsal: RehearsedRollback;
  /** `not known` where the rollback gave no answer: the ledger is asked first. Absent where an earlier version's execution calls. */
  readonly rollback?: RollbackOutcome;
};

/** `round` counts how often people have let the rollback be tried again; 0 before its first attempt. */
export type FindBlockersInput = StepInput & {
  readonly round: number;
  /** What the function of Step 5 failed of; null where it ended, absent in later rounds. */
  readonly backupFailure?: { readonly error: string; readonly cause: string } | null;
};

export type RollBackInput = ApprovedInput & {
  /** Absent where an earlier version's execution calls. */
  readonly round?: number;
  /** The approval of this round; null before anybody was asked again. */
  readonly again?: EvidenceRef | null;
};

/** The execution of the second workflow that a failed run has started, and how it ended where it did not end well. */
export type RollbackRun = { readonly runId: string; readonly error?: string; readonly cause?: string };
export type EstablishRollbackInput = StepInput & { readonly rollbackRun: RollbackRun };
export type EstablishRollbackOutput = StepOutput & {
  readonly rollback: RollbackOutcome;
  /** It has written the incident report. */
  readonly isReported: boolean;
};

export type RollbackOutcome = {
  /** Without a rollback: rejected by a person, left without an answer until its time was up, or never put to anybody. */
  readonly outcome: OutcomeOfRollback;
  readonly error?: string;
  readonly cause?: string;
  /** Who rejected it, and why. */
  readonly by?: string;
  readonly reason?: string;
  /** What became of the question whether to try again, of one that failed; absent where nobody was asked, or the answer was yes. */
  readonly again?: AgainOutcome;
};
export type ReportIncidentInput = StepInput & { readonly failure: Failure; readonly rollback: RollbackOutcome };
