/** GET /approvals/<link>: shows what is asked, or what was decided. Changes nothing, however often it is asked. */
import { isExpired } from '#domain/approvals/request';
import { ApprovalInvalid } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readEnd } from '#lambdas/record/closing';
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
import { guessesLeft } from './guess-code';
import { openApproval } from './open-approval';
import { verifyBinding } from './verify-binding';
import { overruled } from './what-became-of-it';

export const run = async ({ method, path }: HttpRequest, ports: Ports): Promise<HttpResponse> => {
  if (method !== 'GET') return methodNotAllowed('GET');
  const approval = await openApproval(ports, path);
  if (!approval) return unknownLink();
  const end = await readEnd(ports.store, approval.record.runId);
  if (end !== null && ('incident' in approval || !approval.decision)) return runEnded(end);
  if ('incident' in approval) return noLongerCovered();
  if (approval.decision) return decided(approval, approval.decision, approval.own && overruled(approval));
  if (isExpired(approval.request, ports.clock.now())) return expired();
  if (approval.own) return moreNeeded(approval);
  if ((await guessesLeft(ports.store, approval.link)) === 0) return outOfGuesses();
  try {
    return answerPage(
      200,
      renderApprovalForm(approval, await verifyBinding(ports.store, approval.run, approval.request)),
    );
  } catch (error) {
    if (error instanceof ApprovalInvalid) return noLongerCovered();
    throw error;
  }
};
