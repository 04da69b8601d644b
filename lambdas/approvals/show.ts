/** GET /approvals/<link>: shows what is asked, or what was decided. Changes nothing, however often it is asked. */
import { isExpired } from '#domain/approvals/request';
import { ApprovalInvalid } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import type { HttpRequest, HttpResponse } from '#lambdas/runtime/http';
import { answerPage, decided, expired, methodNotAllowed, noLongerCovered, outOfGuesses, unknownLink } from './answers';
import { renderApprovalForm } from './approval-form';
import { guessesLeft } from './guess-code';
import { openApproval } from './open-approval';
import { verifyBinding } from './verify-binding';

export const run = async ({ method, path }: HttpRequest, { store, clock }: Ports): Promise<HttpResponse> => {
  if (method !== 'GET') return methodNotAllowed('GET');
  const approval = await openApproval(store, path);
  if (!approval) return unknownLink();
  if (approval.decision) return decided(approval, approval.decision);
  if (isExpired(approval.request, clock.now())) return expired();
  if ((await guessesLeft(store, approval.link)) === 0) return outOfGuesses();
  try {
    return answerPage(200, renderApprovalForm(approval, await verifyBinding(store, approval.run, approval.request)));
  } catch (error) {
    if (error instanceof ApprovalInvalid) return noLongerCovered();
    throw error;
  }
};
