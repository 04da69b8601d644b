/** What a person answers on an approval page: the boxes that the software leaves open where it cannot prove them. */
import type { EvidenceRef } from '#domain/evidence/document';
import { allBoxes, type BoxId } from '#lambdas/checklist';
import { attested, type Judge, type Judges, judgeOf } from './room';

export type ApprovalFacts = {
  readonly stage: string;
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly expiresAt: string;
  readonly binding: string;
  /** What the approver was shown, and the binding covers. */
  readonly evidence: readonly EvidenceRef[];
  /** The boxes that were ticked. */
  readonly attested: readonly BoxId[];
};

const tickedBox = (box: BoxId): Judge<ApprovalFacts> =>
  judgeOf<ApprovalFacts>()(['decision', 'attested', 'by', 'reason'], ({ decision, attested: ticked, by, reason }) =>
    decision === 'approved' && ticked.includes(box) ? attested(`attested by ${by}: ${reason}`) : null,
  );

export const attestations: Judges<ApprovalFacts> = Object.fromEntries(
  allBoxes.filter(({ how }) => how !== 'proved').map(({ id }) => [id, tickedBox(id)]),
);
