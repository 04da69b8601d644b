/** A person who reads the mails that reached SES and decides on the page that they lead to. */
import { fieldNames } from '#domain/approvals/decision-form';
import { parseMail } from '#local/web/mail-file';
import type { SentMail, SesDouble } from '../aws-double/ses';
import type { PageAnswer, PageRequest } from './http-api';

export type MailApprover = {
  /** Links and codes as they were mailed: what may be found nowhere else. */
  readonly secrets: readonly string[];
  /** Answers no mail that comes from now on. */
  leaveUnanswered(): void;
  /** The work, or the first answer that was not taken: a run would wait for it until its time is up. */
  unlessFailed<T>(work: Promise<T>): Promise<T>;
  /** Resolves when every answer is given; rejects with the first that was not taken. */
  settled(): Promise<void>;
};

type Asked = { readonly url: string; readonly code: string };

/** Null for a mail that asks for nothing. */
const readAsked = ({ raw }: SentMail): Asked | null => {
  const { text } = parseMail(raw);
  const url = /^https:\/\/\S+\/approvals\/[\w-]+$/m.exec(text)?.[0];
  const code = /^Code: (\S+)$/m.exec(text)?.[1];
  return url && code ? { url, code } : null;
};

const tickedBoxes = (page: string) =>
  [...page.matchAll(/<input type="checkbox" name="([^"]+)" value="([^"]+)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );

const reasonsAskedFor = (page: string) =>
  [...page.matchAll(/<textarea [^>]*name="(because-[^"]+)"/g)].map(([, name = '']): [string, string] => [
    name,
    'the test says so',
  ]);

const decide = async ({ url, code }: Asked, open: (request: PageRequest) => Promise<PageAnswer>) => {
  const shown = await open({ url });
  if (shown.statusCode !== 200) throw new Error(`the page answered ${shown.statusCode}: ${shown.body}`);
  const form = new URLSearchParams([
    [fieldNames.code, code],
    [fieldNames.choice, 'approve'],
    [fieldNames.reason, 'looked at by the test'],
    ...tickedBoxes(shown.body),
    ...reasonsAskedFor(shown.body),
  ]);
  const taken = await open({ url, form });
  if (taken.statusCode !== 200) throw new Error(`the decision was answered with ${taken.statusCode}: ${taken.body}`);
};

/** Answers the mails to one address; others get theirs and do nothing. */
export const startMailApprover = (
  ses: SesDouble,
  address: string,
  open: (request: PageRequest) => Promise<PageAnswer>,
): MailApprover => {
  const secrets: string[] = [];
  const underWay: Promise<void>[] = [];
  let isAnswering = true;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  ses.onMail((mail) => {
    const asked = readAsked(mail);
    if (!asked) return;
    secrets.push(asked.code, asked.url.slice(asked.url.lastIndexOf('/') + 1));
    // Not within the call that sends the mail: nobody reads it before it is there.
    if (isAnswering && mail.to.includes(address)) {
      const deciding = new Promise(setImmediate).then(() => decide(asked, open));
      deciding.catch(fail);
      underWay.push(deciding);
    }
  });
  return {
    secrets,
    leaveUnanswered: () => {
      isAnswering = false;
    },
    unlessFailed: (work) => Promise.race([work, failed]),
    settled: async () => {
      await Promise.all(underWay);
    },
  };
};
