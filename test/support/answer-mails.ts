/** Answers approval mails as a person would, through the mailed link and code; what the answer is, the test decides. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fieldNames } from '#domain/approvals/decision-form';
import { listMails, readMail } from '#local/web/mail-folder';

/** `ending`: approved, and every session that may be ended is ticked. */
type Answer = 'approved' | 'ending' | 'rejected' | 'leave';

const choices = { approved: 'approve', ending: 'approve', rejected: 'reject' } as const;

/** `page` is what the person sees who decides. */
type Decide = (stage: string, page: string) => Answer | Promise<Answer>;

const answerMail = async (text: string, decide: Decide, mayBeRefused: boolean): Promise<void> => {
  const link = /^https?:\/\/\S+\/approvals\/[\w-]+$/m.exec(text)?.[0];
  const code = /^Code: (\S+)$/m.exec(text)?.[1];
  if (!link || !code) return;
  const page = await (await fetch(link)).text();
  const stage = /Approve (review|apply|rollback|another attempt|another rollback attempt)/.exec(page)?.[1] ?? '';
  const answer = await decide(stage, page);
  if (answer === 'leave') return;
  const ticks = [...page.matchAll(/<input type="checkbox" name="([^"]+)" value="([^"]+)"/g)].filter(
    ([, name = '']) => answer === 'ending' || !name.startsWith('end-'),
  );
  const asked = [...page.matchAll(/<textarea [^>]*name="(because-[^"]+)"/g)];
  const body = new URLSearchParams([
    [fieldNames.code, code],
    [fieldNames.choice, choices[answer]],
    [fieldNames.reason, `${answer} by the test`],
    ...ticks.map(([, name = '', value = '']): [string, string] => [name, value]),
    ...asked.map(([, name = '']): [string, string] => [name, 'the test says so']),
  ]);
  const taken = await fetch(link, { method: 'POST', body });
  if (!taken.ok && !mayBeRefused) throw new Error(`the approval page answered ${taken.status}`);
};

/** Returns how to stop. Every mail is answered once; `mayBeRefused` where the page may not take an answer. */
export const answerMails = (
  { mailDirectory }: { readonly mailDirectory: string },
  decide: Decide,
  { mayBeRefused = false }: { readonly mayBeRefused?: boolean } = {},
): (() => void) => {
  const stopping = new AbortController();
  const seen = new Set<string>();
  const work = async () => {
    while (!stopping.signal.aborted) {
      for (const file of await listMails(mailDirectory)) {
        if (seen.has(file)) continue;
        seen.add(file);
        const stored = await readMail(mailDirectory, file);
        if (stored) await answerMail(stored.mail.text, decide, mayBeRefused);
      }
      // A folder has no event that every file system reports.
      await sleep(50, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  void work();
  return () => stopping.abort();
};
