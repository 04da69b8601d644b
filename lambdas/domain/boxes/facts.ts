/** Which facts each evidence document holds, by the document's name: the shape behind `EvidenceDocument.facts`. */

import type { Stage } from '#domain/approvals/stages';
import type { CopyTrial } from '#domain/backup/copy-trial';
import type { LeftOut } from '#domain/backup/left-out';
import type { ExpectedTarget } from '#domain/environment/doubts';
import type { TargetRecord } from '#domain/environment/target';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import type { StagingMark } from '#domain/ledger/ledger';
import type { PartialApply } from '#domain/ledger/progress';
import type { Listed } from '#domain/listed';
import type { OfRounds } from '#domain/locks/rounds';
import type { AskedPullRequest } from '#domain/migration/pull-request-facts';
import type { BranchServer } from '#domain/sql/reach-table';
import type { CodeReviewFacts } from './01-code-review';
import type { SchemaFacts } from './02-schema-validation';
import type { ImpactFacts } from './03-impact-analysis';
import type { EnvironmentCheckFacts } from './04-environment-check';
import type { BackupFacts } from './05-backup-database';
import type { DryRunFacts } from './06-dry-run';
import type { ConnectFacts } from './07-connect';
import type { ApplyFacts, EstablishOutcomeFacts, RollBackFacts, VerifyRollbackFacts } from './08-apply-migration';
import type { VerifySchemaFacts } from './09-verify-schema';
import type { TestConstraintsFacts } from './10-test-constraints';
import type { PerformanceFacts } from './11-performance-check';
import type { ApplicationFacts } from './12-application-integration';
import type { TestRollbackFacts } from './13-test-rollback';
import type { DocumentationFacts } from './14-update-documentation';
import type { NotifyFacts } from './15-notify-team';
import type { MonitorFacts } from './16-monitor';
import type { ApprovalFacts } from './attestations';
import type { FindBlockersFacts } from './locks-of-rollback';
import type { EstablishRollbackFacts } from './rollback-of-run';
import type { OpenRollbackFacts, RehearseRollbackFacts } from './rollback-run';

/** What the report says beyond the documents before it, and the hash of each of its forms. */
export type ReportFacts = {
  /** ISO 8601. */
  readonly finishedAt: string;
  /** The ledger row of the run; null when nothing was committed, or when the database could not be asked. */
  readonly entry: {
    readonly appliedBy: string;
    readonly appliedAt: string;
    readonly durationMs: number;
    readonly rolledBackAt: string | null;
  } | null;
  readonly files: readonly EvidenceRef[];
  /** Typed on the approval pages until the run was closed; absent where there was none, and in documents of version 0.3.0 and before. */
  readonly wrongCodes?: Listed<{ readonly stage: Stage; readonly approver: string; readonly at: string }>;
  /** Mailed again until the run was closed; absent where none was, and in documents of version 0.6.0 and before. */
  readonly resentLinks?: Listed<{
    readonly stage: Stage;
    readonly approver: string;
    readonly by: string;
    readonly at: string;
  }>;
};

/** Who was mailed what was found in the approvals of a run, or how it ended. */
export type ToldPerson = { readonly to: string; readonly isDelivered: boolean; readonly answer: string };

/** What the documents that close a run hold beside the outcome. */
type ClosingFacts = {
  /** Everything that lay in the run's folder when it was closed. */
  readonly belongings: readonly EvidenceRef[];
  /** What could not be taken away, one sentence each. */
  readonly leftBehind: readonly string[];
  /** Null where no report could be made; missing in documents of version 0.3 and before. */
  readonly report?: ReportFacts | null;
  /** What lay in the run's folder and was not of it; of runs that were closed without sign-off, since 0.4.0. */
  readonly strange?: readonly string[];
};

/** What was looked at before a migration is tried again. */
export type ConnectAgainFacts = {
  /** Who let it be tried again. */
  readonly approvedBy: string;
  readonly expected: ExpectedTarget;
  readonly record: TargetRecord;
  readonly mark: StagingMark | null;
  /** What is committed of it; null where nothing is, missing in documents of version 0.6.0 and before. */
  readonly progress?: PartialApply | null;
  /** How the schema differs from the one of which the branch was made, or from what it had behind the same units; empty is good. */
  readonly differences: readonly string[];
};

type FactsOfRounds = OfRounds<'approve-again' | 'approve-rollback-again', ApprovalFacts> &
  OfRounds<'connect-again', ConnectAgainFacts> &
  OfRounds<'find-blockers-again', FindBlockersFacts>;

export type FactsByDocument = FactsOfRounds & {
  readonly '00-open-run': {
    readonly run: unknown;
    readonly execution: string;
    /** Missing where no applied file differs in its line ends, and in documents of version 0.2.0 and before. */
    readonly notes?: readonly string[];
    /** What the code host says of the pull request; left out where none is named. */
    readonly codeHost?: AskedPullRequest;
    /** Whether the target can be copied and restored; missing in documents of version 0.2.0 and before. */
    readonly trial?: CopyTrial;
  };
  readonly '01-code-review': CodeReviewFacts;
  readonly '02-schema-validation': SchemaFacts;
  readonly '03-impact-analysis': ImpactFacts;
  readonly '04-environment-check': EnvironmentCheckFacts;
  readonly '05-backup-database': BackupFacts;
  readonly '06-dry-run': DryRunFacts;
  readonly '07-connect': ConnectFacts;
  readonly '08-apply-migration': ApplyFacts;
  readonly '08-establish-outcome': EstablishOutcomeFacts;
  readonly '09-verify-schema': VerifySchemaFacts;
  readonly '10-test-constraints': TestConstraintsFacts;
  readonly '11-performance-check': PerformanceFacts;
  readonly '12-application-integration': ApplicationFacts;
  readonly '13-test-rollback': TestRollbackFacts;
  readonly '14-update-documentation': DocumentationFacts;
  readonly '15-notify-team': NotifyFacts;
  readonly '16-monitor': MonitorFacts;
  readonly 'approve-review': ApprovalFacts;
  readonly 'approve-apply': ApprovalFacts;
  readonly 'approve-rollback': ApprovalFacts;
  readonly 'create-branch': {
    readonly branch: {
      readonly branchId: string;
      readonly name: string;
      /** Missing in documents of version 0.2.0 and before, as what was left out is. */
      readonly server?: BranchServer;
      readonly leftOut?: readonly LeftOut[];
    };
  };
  readonly 'open-rollback': OpenRollbackFacts;
  readonly 'rehearse-rollback': RehearseRollbackFacts;
  readonly 'find-blockers': FindBlockersFacts;
  readonly 'roll-back': RollBackFacts;
  readonly 'verify-rollback': VerifyRollbackFacts;
  readonly 'establish-rollback': EstablishRollbackFacts;
  readonly 'report-incident': {
    readonly report: string;
    readonly delivery: unknown;
    readonly chat: unknown;
    /** Of the post-mortem: from when to when people are reminded, or why they are not; absent in documents of version 0.8.0 and before. */
    readonly reminder?: { readonly from: string; readonly until: string } | { readonly error: string };
    /** Where they were written anew; only where something was rolled back and, of the page, where its schema was seen. */
    readonly decisionLog?: string;
    readonly schemaPage?: string;
  };
  readonly 'sign-off': ClosingFacts;
  readonly 'close-run': ClosingFacts & {
    readonly closing: { readonly error: string; readonly cause: string };
    readonly failure: unknown;
    readonly rollback: unknown;
    /** How the target's server compares with what Step 4 saw; only before a commit. */
    readonly server: unknown;
    /** Only where approvals were not believed; missing in documents of version 0.3.0 and before. */
    readonly told?: readonly ToldPerson[];
    /** Only where no incident report told people how it ended; missing in documents of version 0.9.0 and before. */
    readonly informed?: readonly ToldPerson[];
  };
};

export type DocumentName = keyof FactsByDocument;

/**
 * The facts of the latest document of that name; empty when there is none, or when it ended before they were known.
 *
 * @example
 * factsIn(documents, '06-dry-run').dataLoss?.grade // 'nothing lost'
 */
export const factsIn = <Name extends DocumentName>(
  documents: readonly EvidenceDocument[],
  name: Name,
): Partial<FactsByDocument[Name]> =>
  (documents.findLast((document) => document.name === name)?.facts ?? {}) as Partial<FactsByDocument[Name]>;
