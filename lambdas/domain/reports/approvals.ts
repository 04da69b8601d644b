/** Who decided what, as the report lists it. */
import type { ApprovalFacts, CountedAnswer } from '#domain/boxes/attestations';
import type { EvidenceDocument } from '#domain/evidence/document';

export type ReportApproval = {
  readonly stage: string;
  readonly decision: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
};

/** A decision from the terminal never looks like one of the page. */
const reasonInWords = ({ reason, how, operator }: CountedAnswer) =>
  how === 'from the terminal' ? `${reason} (from the terminal, by ${operator ?? 'an operator'})` : reason;

/** Each person's answer in turn. */
export const approvalsIn = (documents: readonly EvidenceDocument[]): readonly ReportApproval[] =>
  documents.flatMap(({ name, facts }) => {
    const { stage, decision, by, at, reason } = facts as Record<string, string>;
    const { answers, onCall } = facts as Partial<ApprovalFacts>;
    if (name.startsWith('approve-') && stage && answers)
      return answers.map((one) => ({
        stage,
        decision: one.decision,
        by: one.by,
        at: one.at,
        reason: `${reasonInWords(one)}${one.by === onCall ? ` (approved by one person on call, ${one.by})` : ''}`,
      }));
    return name.startsWith('approve-') && stage && decision && by && at
      ? [{ stage, decision, by, at, reason: reason ?? '' }]
      : [];
  });
