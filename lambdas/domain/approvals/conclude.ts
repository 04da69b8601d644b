/** What the answers to one question come to, and whether each of them is one that was asked for. */
import type { EvidenceRef } from '#domain/evidence/document';
import { isSameSession } from '#domain/locks/in-the-way';
import { isEnoughAlone, type OnCallNeeding } from './on-call';
import { isSamePerson } from './person';
import { type ApprovalDecision, type ApprovalRequest, isAsked } from './request';
import { endable } from './ticks';

/** One sentence for each reason why this is no answer to the request; empty is good. `requestRef` is the request as it is stored. */
export const decisionFaults = (
  request: ApprovalRequest,
  requestRef: EvidenceRef,
  decision: ApprovalDecision,
): readonly string[] => {
  const { runId, stage, by, at, binding, attested, accepted = [], mayEnd = [] } = decision;
  const exceptions = (request.exceptions ?? []).map(({ box }) => box);
  const said = [...request.attestations, ...exceptions];
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
    [
      decision.how === 'from the terminal' ? Boolean(decision.operator) : decision.operator === undefined,
      `it was made ${decision.how ?? 'on the page'} and names ${decision.operator ? `the operator ${decision.operator}` : 'no operator'}; an operator is named where it was made from the terminal, and nowhere else`,
    ],
    [isAsked(request, by), `${by} was not asked; asked were ${request.approvers.join(', ')}`],
    [
      Date.parse(at) >= Date.parse(request.requestedAt) && Date.parse(at) < Date.parse(request.expiresAt),
      `it was made at ${at}, and the time to answer was from ${request.requestedAt} until ${request.expiresAt}`,
    ],
    [
      Array.isArray(attested) && attested.every((box) => request.attestations.includes(box)),
      `it attests to ${attested}, and what was asked for is ${request.attestations.join(', ') || 'nothing'}`,
    ],
    [
      Array.isArray(accepted) && accepted.every((box) => exceptions.includes(box)),
      `it accepts ${accepted}, and what was to be accepted is ${exceptions.join(', ') || 'nothing'}`,
    ],
    [
      Array.isArray(mayEnd) && mayEnd.every((one) => endable(request).some((other) => isSameSession(one, other))),
      `it lets sessions be ended that were not in the way: ${JSON.stringify(mayEnd)}`,
    ],
    [
      decision.decision !== 'approved' || said.every((box) => [...attested, ...accepted].includes(box)),
      `it approves without a word for each of ${said.join(', ')}`,
    ],
  ];
  return checks.filter(([isMet]) => !isMet).map(([, fault]) => fault);
};

/** In the order in which they were made: the same for everybody who reads them. */
export const inOrder = (decisions: readonly ApprovalDecision[]): readonly ApprovalDecision[] =>
  [...decisions].sort((one, other) => (one.at < other.at || (one.at === other.at && one.by < other.by) ? -1 : 1));

/** What of a request says how many people it takes, and who started. */
type Needing = OnCallNeeding;

/**
 * Everybody whose hand this may have been. The one at a terminal speaks for the person they name, and whoever may do so on one
 * machine is the one who started the run: together they are one pair of eyes.
 */
const handsOf = ({ run }: Needing, { by, how, operator }: ApprovalDecision): readonly string[] =>
  how === 'from the terminal' ? [by, operator, run?.startedBy].filter((name) => name !== undefined) : [by];

/** The approvals that count, in order: of two that may have come from one hand only the first. */
export const approvalsOfDifferentPeople = (
  needing: Needing,
  decisions: readonly ApprovalDecision[],
): readonly ApprovalDecision[] => {
  const counted: ApprovalDecision[] = [];
  const hands: string[] = [];
  for (const one of inOrder(decisions)) {
    if (one.decision !== 'approved') continue;
    const own = handsOf(needing, one);
    if (own.some((name) => hands.some((other) => isSamePerson(other, name)))) continue;
    counted.push(one);
    hands.push(...own);
  }
  return counted;
};

/**
 * The answers that conclude the question, the last of them the one that does: the first rejection alone, or as many approvals of
 * different people as are needed, fewer where the last of them is on call and enough alone. Null while more are needed.
 */
export const concludingDecisions = (
  needing: Needing,
  decisions: readonly ApprovalDecision[],
): readonly ApprovalDecision[] | null => {
  const { approvalsNeeded = 1 } = needing;
  const rejection = inOrder(decisions).find(({ decision }) => decision === 'rejected');
  if (rejection) return [rejection];
  const approvals = approvalsOfDifferentPeople(needing, decisions);
  const last = approvals.findIndex((one, index) => index + 1 >= approvalsNeeded || isEnoughAlone(needing, one));
  return last < 0 ? null : approvals.slice(0, last + 1);
};

/** The one that concludes the question; null while more are needed. */
export const concludingDecision = (request: Needing, decisions: readonly ApprovalDecision[]): ApprovalDecision | null =>
  concludingDecisions(request, decisions)?.at(-1) ?? null;
