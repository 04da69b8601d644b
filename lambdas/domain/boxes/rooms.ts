/** Who answers what: the judges of every document that a run leaves, by the document's name. */
import type { BoxAnswer } from '#domain/evidence/document';
import { ofRounds } from '#domain/locks/rounds';
import { codeReview } from './01-code-review';
import { schemaValidation } from './02-schema-validation';
import { impactAnalysis } from './03-impact-analysis';
import { environmentCheck } from './04-environment-check';
import { backupDatabase } from './05-backup-database';
import { dryRun } from './06-dry-run';
import { connect } from './07-connect';
import { applyMigration, establishOutcome, rollBack, verifyRollback } from './08-apply-migration';
import { verifySchema } from './09-verify-schema';
import { testConstraints } from './10-test-constraints';
import { performanceCheck } from './11-performance-check';
import { applicationIntegration } from './12-application-integration';
import { testRollback } from './13-test-rollback';
import { updateDocumentation } from './14-update-documentation';
import { notifyTeam } from './15-notify-team';
import { monitor } from './16-monitor';
import { attestations } from './attestations';
import type { DocumentName, FactsByDocument } from './facts';
import { establishRollback } from './rollback-of-run';
import { openRollback, rehearseRollback } from './rollback-run';
import { type Interruption, type Judge, type Judges, judgeRoom } from './room';

export const rooms: { readonly [Name in DocumentName]: Judges<FactsByDocument[Name]> } = {
  '00-open-run': {},
  '01-code-review': codeReview,
  '02-schema-validation': schemaValidation,
  '03-impact-analysis': impactAnalysis,
  '04-environment-check': environmentCheck,
  '05-backup-database': backupDatabase,
  '06-dry-run': dryRun,
  '07-connect': connect,
  '08-apply-migration': applyMigration,
  '08-establish-outcome': establishOutcome,
  '09-verify-schema': verifySchema,
  '10-test-constraints': testConstraints,
  '11-performance-check': performanceCheck,
  '12-application-integration': applicationIntegration,
  '13-test-rollback': testRollback,
  '14-update-documentation': updateDocumentation,
  '15-notify-team': notifyTeam,
  '16-monitor': monitor,
  'approve-review': attestations,
  'approve-apply': attestations,
  'approve-rollback': attestations,
  ...ofRounds('approve-again', () => attestations),
  ...ofRounds('approve-rollback-again', () => attestations),
  // Step 7 has answered its boxes; what it has proved is only looked at again.
  ...ofRounds('connect-again', () => ({})),
  'create-branch': {},
  'open-rollback': openRollback,
  'rehearse-rollback': rehearseRollback,
  'find-blockers': {},
  ...ofRounds('find-blockers-again', () => ({})),
  'roll-back': rollBack,
  'verify-rollback': verifyRollback,
  'establish-rollback': establishRollback,
  'report-incident': {},
  'sign-off': {},
  'close-run': {},
};

export const isDocumentName = (name: string): name is DocumentName => Object.hasOwn(rooms, name);

/** The facts without which a box of the document has no answer: `facts` are those that it holds. */
export const factsNeeded = (name: DocumentName, facts: Readonly<Record<string, unknown>>): readonly string[] => [
  ...new Set(
    (Object.values(rooms[name]) as Judge<Readonly<Record<string, unknown>>>[]).flatMap(({ needs, instead }) =>
      instead?.some(({ fact }) => fact in facts) ? [] : needs,
    ),
  ),
];

/** The answers that follow from the facts of a document, artifacts read. */
export const answersFrom = (
  name: DocumentName,
  facts: Readonly<Record<string, unknown>>,
  interruption: Interruption | null,
): readonly BoxAnswer[] => judgeRoom(rooms[name], facts, interruption);
