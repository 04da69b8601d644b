/** Asks the process that runs on a state directory; one process keeps deciding. */
import { isHeld } from '#local/single-process';
import { readKeptSecret } from '#local/web/secret';
import type { TerminalAnswer, TerminalList } from '#local/web/terminal';

export type RunningProcess = { readonly stateDirectory: string; readonly secret: string; readonly url: string };

/** Null where nothing runs, or its files are not ours to read. */
export const findProcess = async (stateDirectory: string): Promise<RunningProcess | null> => {
  if (!(await isHeld(stateDirectory))) return null;
  const kept = await readKeptSecret(stateDirectory);
  return kept && kept.url !== '' ? { stateDirectory, ...kept } : null;
};

const ask = async <T>(
  { stateDirectory, secret, url }: RunningProcess,
  path: string,
  form?: Readonly<Record<string, string>>,
) => {
  const asked: RequestInit = form ? { method: 'POST', body: new URLSearchParams({ ...form }) } : {};
  try {
    const answer = await fetch(`${url}${path}`, {
      ...asked,
      redirect: 'error',
      headers: { authorization: `Bearer ${secret}` },
    });
    return { status: answer.status, value: (await answer.json()) as T };
  } catch (cause) {
    throw new Error(
      `the process that runs on ${stateDirectory} did not answer at ${url} (${(cause as Error).message}); look at its terminal, or end it and start the same command again: it goes on where it stopped`,
      { cause },
    );
  }
};

/** Errors: Error when it does not answer, or not to us. */
export const listWaitingOf = async (running: RunningProcess): Promise<TerminalList> => {
  const { status, value } = await ask<TerminalList & Partial<TerminalAnswer>>(running, '/terminal');
  if (status !== 200)
    throw new Error(`the running process refused (${status}): ${value.lines?.join(' ') ?? 'no reason given'}`);
  return value;
};

export const sendTo = async (
  running: RunningProcess,
  action: 'decide' | 'resend',
  form: Readonly<Record<string, string>>,
): Promise<TerminalAnswer> => (await ask<TerminalAnswer>(running, `/terminal/${action}`, form)).value;
