/** POST /approvals/<link>: takes one person's decision, once, signs it and delivers it to the run. */
import { type FormProblem, type ParsedForm, parseDecisionForm } from '#domain/approvals/decision-form';
import { type ApprovalDecision, isExpired } from '#domain/approvals/request';
import { codeOf } from '#domain/approvals/secrets';
import { ApprovalInvalid } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readEnd } from '#lambdas/record/closing';
import { readQuestion } from '#lambdas/record/question';
import type { HttpRequest, HttpResponse } from '#lambdas/runtime/http';
import {
  answerPage,
  decided,
  expired,
  methodNotAllowed,
  moreNeeded,
  noLongerCovered,
  outOfGuesses,
  runEnded,
  unknownLink,
} from './answers';
import { renderApprovalForm } from './approval-form';
import { deliverConclusion } from './deliver-decision';
import { failRun } from './fail-run';
import { type Guess, guessCode, guessesLeft } from './guess-code';
import { isGenuine, type OpenApproval, openApproval, type VoidApproval } from './open-approval';
import { recordDecision } from './record-decision';
import { type BoundMatter, verifyBinding } from './verify-binding';
import { becameOf, changeOfMind, overruled } from './what-became-of-it';
import { keepWrongCode, replaceDeadLink } from './wrong-codes';

const wrongCode = (left: number): FormProblem => ({
  field: 'code',
  message: `This is not the code of the mail with this link; ${left} of 5 attempts left. Compare it with the newest mail.`,
});

const formAgain = async (
  ports: Ports,
  approval: OpenApproval,
  matter: BoundMatter,
  { entry, problems }: ParsedForm,
  isWrongCode: boolean,
): Promise<HttpResponse> => {
  if (!isWrongCode) return answerPage(422, renderApprovalForm(approval, matter, entry, problems));
  await keepWrongCode(ports, approval);
  const left = await guessesLeft(ports.store, approval.link);
  if (left === 0) return outOfGuesses(await replaceDeadLink(ports, approval, matter.documents));
  const withoutCode = { ...entry, code: '' };
  return answerPage(403, renderApprovalForm(approval, matter, withoutCode, [wrongCode(left), ...problems]));
};

/** The approver's word is good, what it was about is not: the run ends now, not when its time is up. */
const endRun = async (
  ports: Ports,
  { record }: Pick<OpenApproval, 'record'>,
  error: ApprovalInvalid,
): Promise<HttpResponse> => {
  await failRun(ports, record, error);
  return noLongerCovered();
};

type Choice = ApprovalDecision['decision'];

/**
 * Delivers what this person has answered, and never what somebody else has. Reads everything again: others may have decided
 * meanwhile. `chosen` is what they have chosen now, which may be something else than what they have decided before.
 */
const deliverOwn = async (
  ports: Ports,
  { record, link }: OpenApproval,
  chosen: Choice | null,
): Promise<HttpResponse> => {
  const question = await readQuestion(ports, record.runId, record.stage);
  const found = await openApproval(ports, link);
  if (!question || !found || 'incident' in found || !found.own) return unknownLink();
  if (!found.decision) return moreNeeded(found, changeOfMind(found, chosen, ports.settings));
  if (found.decision.decision !== found.own.decision) return decided(found, found.decision, overruled(found));
  const delivery = await deliverConclusion(ports, question);
  // Once more: somebody else may have been first at the same moment.
  const approval = await openApproval(ports, link);
  if (!approval || 'incident' in approval || !approval.decision) return unknownLink();
  const loss = overruled(approval);
  return decided(
    approval,
    approval.decision,
    loss === null
      ? [await becameOf(ports, approval, delivery), changeOfMind(approval, chosen, ports.settings)]
      : [loss],
  );
};

const take = async (
  ports: Ports,
  approval: OpenApproval,
  { decision, reason, entry, nobodyLooked }: ParsedForm & { readonly decision: Choice },
): Promise<HttpResponse> => {
  await recordDecision(ports, approval, {
    decision,
    reason,
    entry,
    how: nobodyLooked ? 'nobody looked' : 'on the page',
  });
  return deliverOwn(ports, approval, decision);
};

/** What was asked cannot be believed any more: whoever has the code may end the run for it. */
const answerVoid = async (ports: Ports, approval: VoidApproval, read: ParsedForm, expected: string) => {
  const guess = read.code === null ? null : await guessCode(ports.store, approval.link, read.code, expected);
  return guess === 'right' ? endRun(ports, approval, approval.incident) : noLongerCovered();
};

const answerOpen = async (
  ports: Ports,
  approval: OpenApproval,
  read: ParsedForm,
  expected: string,
): Promise<HttpResponse> => {
  const guess: Guess | null =
    read.code === null ? null : await guessCode(ports.store, approval.link, read.code, expected);
  // Whoever has decided and holds the code may set going what a crash has left undone.
  if (approval.own && guess === 'right') return deliverOwn(ports, approval, read.decision);
  if (approval.decision) return decided(approval, approval.decision, overruled(approval));
  if (approval.own) return moreNeeded(approval);
  if (guess === 'none left') return outOfGuesses();
  let matter: BoundMatter;
  try {
    matter = await verifyBinding(ports.store, approval.run, approval.request);
  } catch (error) {
    if (!(error instanceof ApprovalInvalid)) throw error;
    return guess === 'right' ? endRun(ports, approval, error) : noLongerCovered();
  }
  const { decision } = read;
  return guess !== 'right' || decision === null || read.problems.length > 0
    ? formAgain(ports, approval, matter, read, guess === 'wrong')
    : take(ports, approval, { ...read, decision });
};

export const run = async ({ method, path, form }: HttpRequest, ports: Ports): Promise<HttpResponse> => {
  if (method !== 'POST') return methodNotAllowed('POST');
  const approval = await openApproval(ports, path);
  if (!approval) return unknownLink();
  const approvalsKey = await ports.secrets.approvalsKey();
  if (!isGenuine(approvalsKey, approval)) return unknownLink();
  const end = await readEnd(ports.store, approval.record.runId);
  if (end !== null && ('incident' in approval || !approval.decision)) return runEnded(end);
  const expected = codeOf(approvalsKey, approval.record);
  if ('incident' in approval)
    return answerVoid(
      ports,
      approval,
      parseDecisionForm({ stage: approval.record.stage, attestations: [] }, form),
      expected,
    );
  if (!approval.decision && isExpired(approval.request, ports.clock.now())) return expired();
  try {
    return await answerOpen(ports, approval, parseDecisionForm(approval.request, form), expected);
  } catch (error) {
    if (!(error instanceof ApprovalInvalid)) throw error;
    return endRun(ports, approval, error);
  }
};
