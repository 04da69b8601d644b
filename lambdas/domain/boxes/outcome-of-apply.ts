/** What the documents of a run say of its apply when it did not go well: how far it came, and whether it was taken back. */
import type { EvidenceDocument } from '#domain/evidence/document';
import type { PartialApply } from '#domain/ledger/progress';
import { outcomeNotFoundOut } from './08-apply-migration';
import { factsIn } from './facts';
import type { Judgement } from './room';
import type { TakenBack } from './taken-back';

/**
 * How far the apply had come when it failed; null unless only some of it was committed, and no later attempt did the rest. A rollback knows
 * it from its opening.
 */
export const progressIn = (documents: readonly EvidenceDocument[]): PartialApply | null =>
  factsIn(documents, '08-apply-migration').applied
    ? null
    : (factsIn(documents, '08-establish-outcome').progress ?? factsIn(documents, 'open-rollback').progress ?? null);

/** Whether it was committed or rolled back, as the last document that knows has answered it. */
export const outcomeIn = (documents: readonly EvidenceDocument[]): Judgement => {
  const answer = documents.flatMap(({ boxes }) => boxes).findLast(({ box }) => box === '8.2');
  if (!answer) return outcomeNotFoundOut;
  const { box: _, ...judgement } = answer;
  return judgement;
};

/** When it was rolled back, and who had approved it; by the ledger where the rollback itself could not say so. */
const ownRollbackIn = (documents: readonly EvidenceDocument[]): Pick<TakenBack, 'at' | 'by'> | null => {
  const { approvedBy = 'nobody named', outcome } = factsIn(documents, 'roll-back');
  if (outcome) return { at: outcome.rolledBackAt, by: approvedBy };
  const { established } = factsIn(documents, 'verify-rollback');
  return established?.rolledBackAt ? { at: established.rolledBackAt, by: established.approvedBy } : null;
};

/** Null unless the rollback ran to its end: in this run, or in the one that it had asked for it. */
export const takenBackIn = (documents: readonly EvidenceDocument[]): TakenBack | null => {
  const own = ownRollbackIn(documents);
  return own
    ? { ...own, compared: factsIn(documents, 'verify-rollback').compared ?? null }
    : (factsIn(documents, 'establish-rollback').rollbackRun?.takenBack ?? null);
};
