/**
 * What `npm run approvals`, `approve` and `reject` ask of whoever keeps the runs, as JSON: the same on one machine, where the running
 * process answers its own user, and on AWS, where a function answers whom IAM has authenticated.
 */
import { isSamePerson } from '#domain/approvals/person';
import { ApprovalInvalid, InvalidInput } from '#domain/errors';
import { pageHeaders } from '#domain/html/page';
import type { Ports } from '#lambdas/ports/ports';
import type { HttpRequest, HttpResponse } from '#lambdas/runtime/http';
import { decideAtTerminal, resendLinks, type Told } from './at-terminal';
import { listWaiting, type WaitingQuestion } from './waiting-questions';

/** Who is at the terminal, as the system knows them. */
export type Operator = {
  readonly name: string;
  /** The one person in whose name they may decide; null where nothing can tell people apart. */
  readonly person: string | null;
};

/** `isWrong`: what was given has to be corrected first. */
export type TerminalAnswer = Told & { readonly isWrong: boolean };

export type TerminalList = {
  readonly waiting: readonly WaitingQuestion[];
  /** Runs whose approvals somebody has written into. */
  readonly incidents: readonly string[];
};

export const terminalPaths = {
  waiting: '/terminal/waiting',
  decide: '/terminal/decide',
  resend: '/terminal/resend',
} as const;

const answerJson = (value: TerminalAnswer | TerminalList, status = 200): HttpResponse => ({
  status,
  headers: { ...pageHeaders(), 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

export const refuseAtTerminal = (status: number, isWrong: boolean, message: string): HttpResponse =>
  answerJson({ isTaken: false, isWrong, lines: message.split('\n') }, status);

const listAll = async (ports: Ports): Promise<TerminalList> => {
  const waiting: WaitingQuestion[] = [];
  const incidents: string[] = [];
  for (const runId of await ports.executions.listRunning()) {
    try {
      waiting.push(...(await listWaiting(ports, runId)));
    } catch (error) {
      if (!(error instanceof ApprovalInvalid)) throw error;
      incidents.push(`${runId}: ${error.message}`);
    }
  }
  return { waiting, incidents };
};

const orNull = (text: string | undefined) => (text === undefined || text === '' ? null : text);

/** A run's id becomes a part of keys. Errors: InvalidInput. */
const requireRunning = async ({ executions }: Ports, runId: string): Promise<string> => {
  if ((await executions.listRunning()).includes(runId)) return runId;
  throw new InvalidInput(`no run "${runId}" is under way here; npm run approvals lists what waits`);
};

/** Errors: InvalidInput. */
const requireOwnName = ({ name, person }: Operator, as: string): string => {
  if (person === null || isSamePerson(person, as)) return as;
  throw new InvalidInput(
    `${name} is ${person} and decides in nobody else's name; --as was "${as}". checklist.config.yaml names whose principals are whose: approvals.principals`,
  );
};

const act = async (
  ports: Ports,
  operator: Operator,
  { path, form }: Pick<HttpRequest, 'path' | 'form'>,
): Promise<Told | null> => {
  const asked = { runId: form['run'] ?? '', stage: orNull(form['stage']), operator: operator.name };
  if (path === terminalPaths.resend) {
    await requireRunning(ports, asked.runId);
    return resendLinks(ports, { ...asked, to: orNull(form['to']) });
  }
  if (path !== terminalPaths.decide) return null;
  const person = requireOwnName(operator, form['as'] ?? '');
  await requireRunning(ports, asked.runId);
  return decideAtTerminal(ports, { ...asked, person, form });
};

/** Answers everything that is wrong with the request; other errors pass. */
export const answerTerminal = async (
  { method, path, form }: HttpRequest,
  operator: Operator,
  ports: Ports,
): Promise<HttpResponse> => {
  if (method === 'GET' && path === terminalPaths.waiting) return answerJson(await listAll(ports));
  if (method !== 'POST')
    return refuseAtTerminal(405, true, `expected GET ${terminalPaths.waiting}, or POST to decide or resend`);
  try {
    const told = await act(ports, operator, { path, form });
    return told ? answerJson({ ...told, isWrong: false }) : refuseAtTerminal(404, true, 'there is nothing here');
  } catch (error) {
    if (error instanceof InvalidInput) return refuseAtTerminal(422, true, error.message);
    if (error instanceof ApprovalInvalid)
      return refuseAtTerminal(409, false, `nothing was decided, and the run ends: ${error.message}`);
    throw error;
  }
};
