/** Whoever keeps the runs and answers the terminal: the process of this folder, or the API of an installation on AWS. */
import type { TerminalAnswer, TerminalList } from '#lambdas/approvals/terminal';
import { terminalPaths } from '#lambdas/approvals/terminal';

export type Answered = { readonly status: number; readonly text: string };

export type Answerer = {
  /** For the list: a folder, or an installation. */
  readonly name: string;
  readonly pages: string;
  /** GET without a form, POST with one. Errors: Error when nobody answers, saying what to do. */
  request(path: string, form?: Readonly<Record<string, string>>): Promise<Answered>;
};

/** What came in front of us may answer in another form: API Gateway says `{"message": "Forbidden"}`. */
const parse = <T>({ status, text }: Answered, name: string): T => {
  try {
    const value = JSON.parse(text) as T & { readonly message?: unknown; readonly lines?: readonly string[] };
    if (typeof value.message !== 'string') return value;
    const said = `${name} refused (${status}): ${value.message}`;
    throw new Error(
      status === 403 ? `${said}. The credentials need execute-api:Invoke on the routes below /terminal` : said,
    );
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Error(`${name} answered ${status} with what is no JSON; look at its log`, { cause });
  }
};

/** Errors: Error when it does not answer, or not to us. */
export const listWaitingOf = async (answerer: Answerer): Promise<TerminalList> => {
  const answered = await answerer.request(terminalPaths.waiting);
  const value = parse<TerminalList & Partial<TerminalAnswer>>(answered, answerer.name);
  if (answered.status !== 200)
    throw new Error(`${answerer.name} refused (${answered.status}): ${value.lines?.join(' ') ?? 'no reason given'}`);
  return value;
};

export const sendTo = async (
  answerer: Answerer,
  action: 'decide' | 'resend',
  form: Readonly<Record<string, string>>,
): Promise<TerminalAnswer> => parse(await answerer.request(terminalPaths[action], form), answerer.name);
