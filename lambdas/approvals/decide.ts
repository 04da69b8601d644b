/** POST /approvals/<link>: takes one decision, once, and delivers it to the run. */
import { type FormProblem, type ParsedForm, parseDecisionForm } from '#domain/approvals/decision-form';
import { isSamePerson } from '#domain/approvals/person';
import { type ApprovalDecision, isExpired } from '#domain/approvals/request';
import { unseal } from '#domain/approvals/seal';
import { ApprovalInvalid, TaskNoLongerWaiting } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { approvalKeys } from '#lambdas/record/keys';
import type { HttpRequest, HttpResponse } from '#lambdas/runtime/http';
import { answerPage, decided, expired, methodNotAllowed, noLongerCovered, outOfGuesses, unknownLink } from './answers';
import { renderApprovalForm } from './approval-form';
import { deliverDecision } from './deliver-decision';
import { type Guess, guessCode, guessesLeft } from './guess-code';
import { type OpenApproval, openApproval, readDecision } from './open-approval';
import { type BoundMatter, verifyBinding } from './verify-binding';

const decidedBefore = (approval: OpenApproval, decision: ApprovalDecision): HttpResponse =>
  decided(
    approval,
    decision,
    isSamePerson(decision.by, approval.approver) ? null : 'This was decided before your answer came; it was not used.',
  );

const wrongCode = (left: number): FormProblem => ({
  field: 'code',
  message: `This is not the code of the mail with this link; ${left} of 5 attempts left. Compare it with the newest mail.`,
});

const formAgain = async (
  { store }: Ports,
  approval: OpenApproval,
  matter: BoundMatter,
  { entry, problems }: ParsedForm,
  isWrongCode: boolean,
): Promise<HttpResponse> => {
  if (!isWrongCode) return answerPage(422, renderApprovalForm(approval, matter, entry, problems));
  const left = await guessesLeft(store, approval.link);
  if (left === 0) return outOfGuesses();
  const withoutCode = { ...entry, code: '' };
  return answerPage(403, renderApprovalForm(approval, matter, withoutCode, [wrongCode(left), ...problems]));
};

/** The approver's word is good, what it was about is not: the run ends now, not when its time is up. */
const endRun = async ({ callback, secrets }: Ports, { request }: OpenApproval, { name, message }: ApprovalInvalid) => {
  const taskToken = unseal(await secrets.linkKey(), request, request.sealedToken);
  try {
    await callback.fail(taskToken, { name, cause: message });
  } catch (error) {
    if (!(error instanceof TaskNoLongerWaiting)) throw error;
  }
};

/** Writes the decision unless there is one; returns the one that stands. */
const recordOnce = async ({ store }: Ports, decision: ApprovalDecision): Promise<ApprovalDecision> => {
  const { runId, stage } = decision;
  const wasFirst = await store.writeIfAbsent(
    approvalKeys.decision(runId, stage),
    `${JSON.stringify(decision, null, 2)}\n`,
  );
  return wasFirst ? decision : ((await readDecision(store, runId, stage)) ?? decision);
};

const take = async (
  ports: Ports,
  approval: OpenApproval,
  { decision, reason, entry }: ParsedForm & { readonly decision: ApprovalDecision['decision'] },
): Promise<HttpResponse> => {
  const { request, approver } = approval;
  const { runId, stage, binding } = request;
  const standing = await recordOnce(ports, {
    format: 1,
    runId,
    stage,
    decision,
    by: approver,
    at: ports.clock.now().toISOString(),
    reason,
    binding,
    attested: decision === 'approved' ? entry.attested : [],
  });
  const delivery = await deliverDecision(ports, request, standing);
  if (!isSamePerson(standing.by, approver)) return decidedBefore(approval, standing);
  return decided(
    approval,
    standing,
    delivery === 'answered'
      ? null
      : 'The run no longer waits for this answer: it has ended or its time was up. Your decision is recorded and has no effect.',
  );
};

export const run = async ({ method, path, form }: HttpRequest, ports: Ports): Promise<HttpResponse> => {
  if (method !== 'POST') return methodNotAllowed('POST');
  const approval = await openApproval(ports.store, path);
  if (!approval) return unknownLink();
  if (!approval.decision && isExpired(approval.request, ports.clock.now())) return expired();

  const read = parseDecisionForm(approval.request, form);
  const guess: Guess | null = read.code === null ? null : await guessCode(ports.store, approval, read.code);
  if (approval.decision) {
    // Whoever holds a code may set going what a crash has left undone.
    if (guess === 'right') await deliverDecision(ports, approval.request, approval.decision);
    return decidedBefore(approval, approval.decision);
  }
  if (guess === 'none left') return outOfGuesses();
  let matter: BoundMatter;
  try {
    matter = await verifyBinding(ports.store, approval.run, approval.request);
  } catch (error) {
    if (!(error instanceof ApprovalInvalid)) throw error;
    if (guess === 'right') await endRun(ports, approval, error);
    return noLongerCovered();
  }
  const { decision } = read;
  return guess !== 'right' || decision === null || read.problems.length > 0
    ? formAgain(ports, approval, matter, read, guess === 'wrong')
    : take(ports, approval, { ...read, decision });
};
