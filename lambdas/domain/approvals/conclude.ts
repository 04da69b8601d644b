/** What the answers to one question come to, and whether each of them is one that was asked for. */
import type { EvidenceRef } from '#domain/evidence/document';
import { type ApprovalDecision, type ApprovalRequest, isAsked } from './request';

/** One sentence for each reason why this is no answer to the request; empty is good. `requestRef` is the request as it is stored. */
export const decisionFaults = (
  request: ApprovalRequest,
  requestRef: EvidenceRef,
  decision: ApprovalDecision,
): readonly string[] => {
  const { runId, stage, by, at, binding, attested } = decision;
  const checks: readonly (readonly [isMet: boolean, fault: string])[] = [
    [
      runId === request.runId && stage === request.stage,
      `it is for ${stage} of run ${runId}, expected ${request.stage} of run ${request.runId}`,
    ],
    [decision.decision === 'approved' || decision.decision === 'rejected', 'it neither approves nor rejects'],
    [
      decision.request?.key === requestRef.key && decision.request.sha256 === requestRef.sha256,
      `it answers a request with sha256 ${decision.request?.sha256}, and what was asked has ${requestRef.sha256}`,
    ],
    [binding === request.binding, 'it was given for another migration, target or evidence'],
    [isAsked(request, by), `${by} was not asked; asked were ${request.approvers.join(', ')}`],
    [
      Date.parse(at) >= Date.parse(request.requestedAt) && Date.parse(at) < Date.parse(request.expiresAt),
      `it was made at ${at}, and the time to answer was from ${request.requestedAt} until ${request.expiresAt}`,
    ],
    [
      Array.isArray(attested) && attested.every((box) => request.attestations.includes(box)),
      `it attests to ${attested}, and what was asked for is ${request.attestations.join(', ') || 'nothing'}`,
    ],
  ];
  return checks.filter(([isMet]) => !isMet).map(([, fault]) => fault);
};

/** In the order in which they were made. */
export const inOrder = (decisions: readonly ApprovalDecision[]): readonly ApprovalDecision[] =>
  [...decisions].sort((one, other) => (one.at < other.at || (one.at === other.at && one.by < other.by) ? -1 : 1));

/**
 * The decision that concludes the question: the first rejection, or else the approval with which there are enough. Null while more
 * are needed.
 */
export const concludingDecision = (
  { approvalsNeeded = 1 }: Pick<ApprovalRequest, 'approvalsNeeded'>,
  decisions: readonly ApprovalDecision[],
): ApprovalDecision | null => {
  const ordered = inOrder(decisions);
  return (
    ordered.find(({ decision }) => decision === 'rejected') ??
    ordered.filter(({ decision }) => decision === 'approved')[approvalsNeeded - 1] ??
    null
  );
};
