/** Tells whoever is going to be asked, before rehearsal and backup: they take long on a large database, and a question comes only then. */
import { type NoticeOfRollback, renderNoticeOfRollback } from '#domain/approvals/notice-of-rollback';
import { differentPeople } from '#domain/approvals/person';
import { hashSecret } from '#domain/approvals/secrets';
import type { Finding } from '#domain/evidence/document';
import { chatLine, mailLine } from '#domain/text/lines';
import { withoutSecrets } from '#domain/text/without-secrets';
import type { ChatDelivery } from '#lambdas/ports/people';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import type { Failure, RunPin } from '#statemachine/contract';

/** What became of it, of each person and each channel. */
export type Notice = {
  readonly mails: readonly { readonly to: string; readonly isDelivered: boolean; readonly answer: string }[];
  readonly chat: readonly ChatDelivery[];
};

const toMail = async ({ mail }: Ports, runId: string, notice: NoticeOfRollback, to: string) => {
  const id = `rollback-opened-${runId}-${hashSecret(to.toLowerCase()).slice(0, 16)}`;
  try {
    const { answer } = await mail.send({ to, id, ...renderNoticeOfRollback(notice, mailLine) });
    return { to, isDelivered: true, answer };
  } catch (error) {
    return { to, isDelivered: false, answer: withoutSecrets((error as Error).message) };
  }
};

/** Never throws for a message: nothing waits for one. The same mail has the same id, however often the state is tried. */
export const tellAtOnce = async (
  ports: Ports,
  run: RunPin & { readonly rollback: NonNullable<RunPin['rollback']> },
  failedRun: RunPin,
  failure: Failure,
): Promise<Notice> => {
  const { settings, chat } = ports;
  const people = differentPeople([...settings.approvers.rollback, ...settings.onCall]);
  const notice = {
    run,
    failure,
    people,
    failedRunUrl: urlOfRun(settings, failedRun),
    rollbackUrl: urlOfRun(settings, run),
    runUrl: settings.runUrl,
  };
  const mails = await Promise.all(people.map((to) => toMail(ports, run.runId, notice, to)));
  const { subject, text } = renderNoticeOfRollback(notice, chatLine);
  // Last: what comes behind it may be tried again, and a channel would have it twice.
  return { mails, chat: await chat.post(`${subject}\n\n${text}`) };
};

/** So that whoever is asked later sees who was not told before. */
export const findingsOfNotice = ({ mails, chat }: Notice): readonly Finding[] => {
  const missed = [
    ...mails.filter(({ isDelivered }) => !isDelivered).map(({ to, answer }) => `${to} (${answer})`),
    ...chat.filter(({ isDelivered }) => !isDelivered).map(({ channel, answer }) => `${channel} (${answer})`),
  ];
  return missed.length === 0
    ? []
    : [
        {
          rule: 'notice-not-sent',
          message: `the first message, that a rollback is being prepared, did not reach ${missed.join(', ')}`,
          line: null,
          severity: 'warn',
          remedy: 'tell them yourself',
        },
      ];
};
