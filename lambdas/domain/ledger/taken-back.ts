/** What became of an apply that was rolled back: box 8.2 anew, and the words for the incident report. */
import { latestAnswers } from '#domain/evidence/answers';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import { describeCommitted, progressIn } from './progress';

/** Names of the evidence documents that this reads. */
export const rollBackState = { name: 'roll-back', title: 'Roll back' } as const;
export const verifyRollbackState = { name: 'verify-rollback', title: 'Verify rollback' } as const;

export type TakenBack = {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  /** What the comparison of the catalogs gave, as a clause; null when they could not be compared. */
  readonly compared: string | null;
};

export const describeTakenBack = ({ at, by }: Pick<TakenBack, 'at' | 'by'>): string =>
  `on ${at} by the migration's rollback section, approved by ${by}`;

/** Null unless the rollback ran to its end. */
export const takenBackIn = (documents: readonly EvidenceDocument[]): TakenBack | null => {
  const factsOf = (wanted: string) => documents.find(({ name }) => name === wanted)?.facts ?? {};
  const { approvedBy, outcome } = factsOf(rollBackState.name);
  const at = (outcome as { readonly rolledBackAt: string } | undefined)?.rolledBackAt;
  const { compared } = factsOf(verifyRollbackState.name);
  return at === undefined
    ? null
    : { at, by: String(approvedBy), compared: typeof compared === 'string' ? compared : null };
};

const box = '8.2';

const answerIn = (documents: readonly EvidenceDocument[]): BoxAnswer =>
  latestAnswers(documents).find((answer) => answer.box === box) ?? {
    box,
    answer: 'failed',
    reason: 'whether it was committed was not found out',
  };

const goOn = (answer: BoxAnswer, clause: string): BoxAnswer => ({ ...answer, reason: `${answer.reason}; ${clause}` });

/** Box 8.2 of before the rollback, without the word that something stands. */
const answerBefore = (documents: readonly EvidenceDocument[]): BoxAnswer => {
  const [answer, progress] = [answerIn(documents), progressIn(documents)];
  return progress === null
    ? answer
    : { ...answer, reason: `${describeCommitted(progress)}; the ledger has no row of this run` };
};

/** Box 8.2 until the rollback has come to its end, and for good when it does not. `earlier` are the documents before it. */
export const answerUnfinished = (earlier: readonly EvidenceDocument[]): BoxAnswer => ({
  ...goOn(
    answerBefore(earlier),
    'its rollback was begun and did not come to its end: see in migration_checklist.ledger and migration_checklist.restart_point what is left',
  ),
  answer: 'failed',
});

export const answerTakenBack = (earlier: readonly EvidenceDocument[], back: Pick<TakenBack, 'at' | 'by'>): BoxAnswer =>
  goOn(answerBefore(earlier), `it was taken back ${describeTakenBack(back)}`);

/** `earlier` are the documents up to the rollback's own. */
export const answerCompared = (earlier: readonly EvidenceDocument[], compared: string): BoxAnswer =>
  goOn(answerIn(earlier), compared);
