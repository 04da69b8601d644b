/** Asks the process that runs on a state directory; one process keeps deciding. */
import path from 'node:path';
import { isHeld } from '#local/single-process';
import { readKeptSecret } from '#local/web/secret';
import type { Answerer } from './answerer';

/** Null where nothing runs, or its files are not ours to read. */
export const findProcess = async (stateDirectory: string): Promise<Answerer | null> => {
  if (!(await isHeld(stateDirectory))) return null;
  const kept = await readKeptSecret(stateDirectory);
  if (!kept || kept.url === '') return null;
  const { url, secret } = kept;
  return {
    name: path.relative('', stateDirectory) || '.',
    pages: url,
    request: async (at, form) => {
      const asked: RequestInit = form ? { method: 'POST', body: new URLSearchParams({ ...form }) } : {};
      const headers = { authorization: `Bearer ${secret}` };
      try {
        const answer = await fetch(`${url}${at}`, { ...asked, redirect: 'error', headers });
        return { status: answer.status, text: await answer.text() };
      } catch (cause) {
        throw new Error(
          `the process that runs on ${stateDirectory} did not answer at ${url} (${(cause as Error).message}); look at its terminal, or end it and start the same command again: it goes on where it stopped`,
          { cause },
        );
      }
    },
  };
};
