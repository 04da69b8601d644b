/** From the address in a mail to what was asked, of whom, and what became of it. */
import { concludingDecision } from '#domain/approvals/conclude';
import type { AnsweredQuestion } from '#domain/approvals/evidence-of-approval';
import { isSamePerson, whyNot } from '#domain/approvals/person';
import { type ApprovalDecision, isAsked, type LinkRecord } from '#domain/approvals/request';
import { isLink, isSameSecret, linkOf } from '#domain/approvals/secrets';
import type { ApprovalFacts } from '#domain/boxes/attestations';
import { ApprovalInvalid } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readRecorded } from '#lambdas/record/evidence';
import { readJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import { examineQuestion, inIncidentWords } from '#lambdas/record/question';
import type { RunPin } from '#statemachine/contract';

export type OpenApproval = {
  readonly link: string;
  readonly record: LinkRecord;
  readonly run: RunPin;
  readonly question: AnsweredQuestion;
  readonly request: AnsweredQuestion['request']['value'];
  /** Address of the person whose link it is. */
  readonly approver: string;
  /** The decision that has concluded the question; null while people are waited for. */
  readonly decision: ApprovalDecision | null;
  /** What this person has answered; null while they have not. */
  readonly own: ApprovalDecision | null;
};

/** Something lies among the request and the answers that is not believed: nobody can decide then. */
export type VoidApproval = { readonly link: string; readonly record: LinkRecord; readonly incident: ApprovalInvalid };

/** Null when a later request has replaced the record's, or its owner may not decide. `link` is empty where no link led here. */
export const openRecord = async (
  { store, signing }: Pick<Ports, 'store' | 'signing'>,
  record: LinkRecord,
  link = '',
): Promise<OpenApproval | VoidApproval | null> => {
  const { runId, stage, approver, requestSha256 } = record;
  const question = await examineQuestion(store, await signing.publicKeys(), runId, stage);
  if (!question) return null;
  if (question.request && question.request.ref.sha256 !== requestSha256) return null;
  if (!question.request || question.faults.length > 0)
    return { link, record, incident: new ApprovalInvalid(inIncidentWords(question.faults)) };
  const { value: request } = question.request;
  if (!isAsked(request, approver) || whyNot(approver, request.run, request.approvalsNeeded ?? 1) !== null) return null;
  const recorded = await readRecorded(store, runId, approvalKeys.evidenceName(stage));
  const counted = (recorded?.document.facts as Partial<ApprovalFacts> | undefined)?.decisions;
  const decisions = question.decisions.map(({ value }) => value);
  // Two may answer at one moment: what was recorded first is what the run was told.
  const standing = question.decisions.filter(({ ref }) => !counted || counted.some(({ key }) => key === ref.key));
  return {
    link,
    record,
    run: request.run,
    question,
    request,
    approver,
    decision: concludingDecision(
      request,
      standing.map(({ value }) => value),
    ),
    own: decisions.find(({ by }) => isSamePerson(by, approver)) ?? null,
  };
};

/**
 * Null when the link was never sent, or a later request has replaced it, or its owner may not decide. That the link's record is
 * ours is not known here: whoever has the key asks `isGenuine`.
 */
export const openApproval = async (
  ports: Pick<Ports, 'store' | 'signing'>,
  path: string,
): Promise<OpenApproval | VoidApproval | null> => {
  const link = path.slice(path.lastIndexOf('/') + 1);
  if (!isLink(link)) return null;
  const record = await readJson<LinkRecord>(ports.store, approvalKeys.link(link));
  return record && openRecord(ports, record, link);
};

/** True when the link's record is the one that was written when this link was made. */
export const isGenuine = (approvalsKey: Uint8Array, { link, record }: Pick<OpenApproval, 'link' | 'record'>): boolean =>
  isSameSecret(link, linkOf(approvalsKey, record));
