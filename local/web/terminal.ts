/**
 * `npm run approvals`, `approve` and `reject` ask the running process, so that one process keeps deciding. Whoever brings the secret can
 * read the files of this process's user, so that user is the operator; nobody is asked who they are.
 */
import type { IncomingMessage } from 'node:http';
import { answerTerminal, refuseAtTerminal } from '#lambdas/approvals/terminal';
import type { HttpResponse } from '#lambdas/runtime/http';
import { accountAddress } from '#local/account';
import { readForm } from './read-form';
import { hasSecret } from './secret';
import type { Site } from './site';

export const isForTerminal = (path: string): boolean => /^\/terminal(\/|$)/.test(path);

export const answerOwnTerminal = async (
  { running }: Site,
  secret: string,
  request: IncomingMessage,
  path: string,
): Promise<HttpResponse> => {
  if (!hasSecret(request, secret))
    return refuseAtTerminal(
      401,
      false,
      'the secret is not the one of this start; nothing was decided. It is made anew at each start',
    );
  if (!running) return refuseAtTerminal(503, false, 'only the pages are shown here: no run waits');
  const operator = { name: accountAddress(), person: null };
  if (request.method !== 'POST') return answerTerminal({ method: 'GET', path, form: {} }, operator, running.ports);
  const sent = await readForm(request);
  if (!sent.isTaken) return refuseAtTerminal(sent.refusal.status, true, sent.refusal.sentence);
  return answerTerminal({ method: 'POST', path, form: sent.form }, operator, running.ports);
};
