/**
 * `--yes`: approves what each approval asks, except that it gives up where somebody would have to end what blocks. It answers each approval with what the mail and the page contain, and says that nobody looked. For this machine only: what
 * comes of it is a demonstration.
 */
import { type FSWatcher, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fieldNames } from '#domain/approvals/decision-form';
import { stageQuestions } from '#domain/approvals/stages';
import { listMails, readMail } from '#local/web/mail-folder';

export type AutoApprover = {
  /** Returns when nothing is under way any more. */
  stop(): Promise<void>;
};

export type AutoApproverOptions = {
  readonly mailDirectory: string;
  /** Gets what could not be answered; never a link or a code. */
  readonly log: (text: string) => void;
  /** The pages' current address; mails of an earlier process may contain another port. */
  readonly pageBaseUrl?: string;
  /** True for the subject of a mail that a person answers; without it none is left. */
  readonly leaves?: (subject: string) => boolean;
};

const reason = 'nobody looked (--yes)';

/** Trying again helps only when somebody has ended what blocks, and nobody is there who could. */
const isAboutAnotherAttempt = (page: string) =>
  [stageQuestions['again-1'], stageQuestions['rollback-again-1']].some(({ question }) => page.includes(question));

// The watch reacts within milliseconds; this is for file systems without change events, and for pages that did not answer.
const pollMs = 1000;

type Asked = { readonly link: URL; readonly code: string };

const isLoopback = ({ hostname }: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);

/** Null for mails that ask for no approval on this machine. */
const readAsked = (text: string, pageBaseUrl: string | undefined): Asked | null => {
  const address = /^https?:\/\/\S+\/approvals\/[\w-]+$/m.exec(text)?.[0];
  const code = /^Code: (\S+)$/m.exec(text)?.[1];
  if (!address || !code) return null;
  const mailed = new URL(address);
  const link = pageBaseUrl === undefined ? mailed : new URL(mailed.pathname, pageBaseUrl);
  return isLoopback(link) ? { link, code } : null;
};

/** Nobody has looked at a session, so none is ended. */
const tickBoxes = (page: string) =>
  [...page.matchAll(/<input type="checkbox" name="((?:attest|accept)-[^"]+)" value="([^"]+)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );

/** What is asked box by box is answered in the same words: nobody knows better. */
const answerQuestions = (page: string) =>
  [...page.matchAll(/<textarea [^>]*name="(because-[^"]+)"/g)].map(([, name = '']): [string, string] => [name, reason]);

/** The outcome of an attempt. `problem` is null when the page accepted the answer, or when it no longer waits for one. */
type Outcome = { readonly problem: string | null; readonly tryAgain: boolean; readonly isGivenUp?: true };

const done: Outcome = { problem: null, tryAgain: false };

const answer = async ({ link, code }: Asked, signal: AbortSignal): Promise<Outcome> => {
  const shown = await fetch(link, { signal });
  const page = await shown.text();
  // Decided, expired or replaced: nobody waits for this answer.
  if (shown.status < 500 && !page.includes('<form')) return done;
  if (!shown.ok) return { problem: `its page answers with status ${shown.status}`, tryAgain: true };
  const givesUp = isAboutAnotherAttempt(page);
  const body = new URLSearchParams([
    [fieldNames.code, code],
    [fieldNames.choice, givesUp ? 'reject' : 'approve'],
    [fieldNames.reason, reason],
    [fieldNames.nobodyLooked, 'yes'],
    ...tickBoxes(page),
    ...answerQuestions(page),
  ]);
  const taken = await fetch(link, { method: 'POST', body, signal });
  await taken.arrayBuffer();
  if (taken.ok) return givesUp ? { problem: null, tryAgain: false, isGivenUp: true } : done;
  // The same answer again would only use up the person's attempts.
  return { problem: `its page did not accept the answer: status ${taken.status}`, tryAgain: taken.status >= 500 };
};

/** Watches the mail folder, which need not exist yet. */
export const startAutoApprover = ({
  mailDirectory,
  log,
  pageBaseUrl,
  leaves = () => false,
}: AutoApproverOptions): AutoApprover => {
  const settled = new Set<string>();
  const reported = new Set<string>();
  const stopping = new AbortController();
  const { signal } = stopping;

  const tryMail = async (file: string): Promise<Outcome> => {
    const stored = await readMail(mailDirectory, file);
    const asked = stored && !leaves(stored.mail.subject) && readAsked(stored.mail.text, pageBaseUrl);
    return asked ? answer(asked, signal) : done;
  };

  const handleMail = async (file: string) => {
    const { problem, tryAgain, isGivenUp } = await tryMail(file).catch(
      ({ message }: Error): Outcome => ({
        problem: message,
        tryAgain: true,
      }),
    );
    if (signal.aborted) return;
    if (!tryAgain) settled.add(file);
    if (isGivenUp)
      log(
        '--yes gives up: the locks of the migration were not granted, and nobody is there to end what blocks. Without --yes a person is asked and can try again.',
      );
    if (problem === null || reported.has(file)) return;
    reported.add(file);
    log(`--yes cannot answer the mail ${file}: ${problem}${tryAgain ? '; it will be tried again' : ''}`);
  };

  const handleNewMails = async () => {
    const files = await listMails(mailDirectory);
    for (const file of files.filter((name) => !settled.has(name))) if (!signal.aborted) await handleMail(file);
  };

  let isStale = false;
  let work: Promise<void> | null = null;
  const workWhileStale = async () => {
    while (isStale && !signal.aborted) {
      isStale = false;
      await handleNewMails();
    }
  };
  const look = () => {
    isStale = true;
    work ??= workWhileStale()
      .catch((error: Error) => log(`--yes cannot read the mails in ${mailDirectory}: ${error.message}`))
      .finally(() => {
        work = null;
      });
  };

  let watcher: FSWatcher | null = null;
  const opened = mkdir(mailDirectory, { recursive: true }).then(
    () => {
      if (signal.aborted) return;
      watcher = watch(mailDirectory, look).on('error', () => undefined);
      look();
    },
    (error: Error) => log(`--yes cannot watch ${mailDirectory}: ${error.message}`),
  );
  const poll = setInterval(look, pollMs);

  return {
    stop: async () => {
      stopping.abort();
      clearInterval(poll);
      await opened;
      watcher?.close();
      await work;
    },
  };
};
