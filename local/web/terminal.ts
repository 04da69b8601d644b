/**
 * What `npm run approvals`, `approve` and `reject` ask of the running process, so that one process keeps deciding. Whoever brings the
 * secret can read the files of this process's user, so that user is the operator; nobody is asked who they are.
 */
import type { IncomingMessage } from 'node:http';
import { ApprovalInvalid, InvalidInput } from '#domain/errors';
import { decideAtTerminal, resendLinks, type Told } from '#lambdas/approvals/at-terminal';
import { listWaiting, type WaitingQuestion } from '#lambdas/approvals/waiting-questions';
import type { HttpResponse } from '#lambdas/runtime/http';
import { accountAddress } from '#local/account';
import { answerText } from './answer';
import { readForm } from './read-form';
import { hasSecret } from './secret';
import type { Site } from './site';

/** `isWrong`: what was given has to be corrected first. */
export type TerminalAnswer = Told & { readonly isWrong: boolean };
export type TerminalList = {
  readonly waiting: readonly WaitingQuestion[];
  /** Runs whose approvals somebody has written into. */
  readonly incidents: readonly string[];
};

export const isForTerminal = (path: string): boolean => /^\/terminal(\/|$)/.test(path);

const answerJson = (value: TerminalAnswer | TerminalList, status = 200): HttpResponse => ({
  ...answerText(JSON.stringify(value), 'application/json'),
  status,
});

const refused = (status: number, isWrong: boolean, message: string): HttpResponse =>
  answerJson({ isTaken: false, isWrong, lines: message.split('\n') }, status);

const listOf = async ({ engine, running }: Site): Promise<TerminalList> => {
  const waiting: WaitingQuestion[] = [];
  const incidents: string[] = [];
  for (const { name, status } of await engine.listExecutions()) {
    if (status !== 'RUNNING' || !running) continue;
    try {
      waiting.push(...(await listWaiting(running.ports, name)));
    } catch (error) {
      if (!(error instanceof ApprovalInvalid)) throw error;
      incidents.push(`${name}: ${error.message}`);
    }
  }
  return { waiting, incidents };
};

const orNull = (text: string | undefined) => (text === undefined || text === '' ? null : text);

/** A run's id becomes a part of keys. */
const requireRun = async ({ engine }: Site, runId: string): Promise<string> => {
  const found = (await engine.listExecutions()).find(({ name }) => name === runId);
  if (found?.status === 'RUNNING') return runId;
  throw new InvalidInput(
    found
      ? `run ${runId} does not wait: it has ended as ${found.status}`
      : `there is no run "${runId}" here; npm run approvals lists what waits`,
  );
};

const act = async (site: Site, path: string, form: Readonly<Record<string, string>>): Promise<Told | null> => {
  if (!site.running) return null;
  const runId = await requireRun(site, form['run'] ?? '');
  const stage = orNull(form['stage']);
  const { ports } = site.running;
  if (path === '/terminal/resend')
    return resendLinks(ports, { runId, stage, operator: accountAddress(), to: orNull(form['to']) });
  if (path !== '/terminal/decide') return null;
  return decideAtTerminal(ports, { runId, stage, person: form['as'] ?? '', operator: accountAddress(), form });
};

export const answerTerminal = async (
  site: Site,
  secret: string,
  request: IncomingMessage,
  path: string,
): Promise<HttpResponse> => {
  if (!hasSecret(request, secret))
    return refused(
      401,
      false,
      'the secret is not the one of this start; nothing was decided. It is made anew at each start',
    );
  if (!site.running) return refused(503, false, 'only the pages are shown here: no run waits');
  if (request.method === 'GET' && path === '/terminal') return answerJson(await listOf(site));
  if (request.method !== 'POST') return refused(405, true, 'expected GET /terminal, or POST to decide or resend');
  const sent = await readForm(request);
  if (!sent.isTaken) return refused(sent.refusal.status, true, sent.refusal.sentence);
  try {
    const told = await act(site, path, sent.form);
    return told ? answerJson({ ...told, isWrong: false }) : refused(404, true, 'there is nothing at this address');
  } catch (error) {
    if (error instanceof InvalidInput) return refused(422, true, error.message);
    if (error instanceof ApprovalInvalid)
      return refused(409, false, `nothing was decided, and the run ends: ${error.message}`);
    throw error;
  }
};
