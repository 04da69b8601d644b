/** The mail that says that a link is dead because five wrong codes were typed, and what follows. */
import { formatTime } from '#domain/html/page';
import { mailLine, ownAddress } from '#domain/text/lines';
import type { ApprovalMail } from './mail-text';
import type { ApprovalRequest } from './request';
import { stageQuestions } from './stages';

export const renderWrongCodesMail = ({
  request,
  run,
  approver,
  isReplaced,
  runUrl,
}: {
  readonly request: Pick<ApprovalRequest, 'stage' | 'expiresAt' | 'approvers'>;
  readonly run: { readonly runId: string; readonly migration: string };
  readonly approver: string;
  /** True when the approver was sent a new link. */
  readonly isReplaced: boolean;
  readonly runUrl: string;
}): ApprovalMail => {
  const { expiresAt, approvers } = request;
  const { subject } = stageQuestions[request.stage];
  const lines = [
    mailLine`Five wrong codes were typed on the page of ${approver}, so that link works no more. Nothing was decided by it.`,
    '',
    mailLine`Migration:    ${run.migration}`,
    mailLine`Question:     approve ${subject}`,
    mailLine`Run:          ${run.runId}`,
    `Answer until: ${formatTime(expiresAt)}`,
    mailLine`Asked:        ${approvers.join(', ')}`,
    'Where it is:',
    ownAddress(runUrl),
    '',
    isReplaced
      ? mailLine`${approver} was sent a new link with a new code.`
      : mailLine`It was the last link of ${approver}: no other is sent for this question. The other people asked can decide with links of their own; where there are none, stop the run and start it again.`,
    '',
    mailLine`If it was not ${approver} who typed them, somebody else has the address of that page: find out how it got away.`,
  ];
  return {
    subject: mailLine`Wrong codes: approve ${subject} of ${run.migration} (run ${run.runId})`,
    text: `${lines.join('\n')}\n`,
  };
};
