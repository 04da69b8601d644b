/** Makes one approver's link work and mails it, with the code, to nobody else. */
import { renderApprovalMail } from '#domain/approvals/mail-text';
import type { ApprovalRequest, LinkRecord } from '#domain/approvals/request';
import { codeOf, hashSecret, linkOf } from '#domain/approvals/secrets';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Ports } from '#lambdas/ports/ports';
import { writeJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import type { RunPin } from '#statemachine/contract';

/** The same mail under the same id for the same question; another one when it is asked anew. */
const mailId = ({ stage, runId, binding, expiresAt }: ApprovalRequest, approver: string) =>
  `approve-${stage}-${runId}-${hashSecret([approver.toLowerCase(), binding, expiresAt].join(' ')).slice(0, 16)}`;

export const askApprover = async (
  { store, mail, settings }: Pick<Ports, 'store' | 'mail' | 'settings'>,
  linkKey: Buffer,
  run: RunPin,
  request: ApprovalRequest,
  documents: readonly EvidenceDocument[],
  approver: string,
): Promise<void> => {
  const { runId, stage, binding } = request;
  const context = { runId, stage, binding, approver };
  const link = linkOf(linkKey, context);
  const record: LinkRecord = { runId, stage, approver };
  // Before the mail: a link works from the moment it is read.
  await writeJson(store, approvalKeys.link(link), record);
  await mail.send({
    to: approver,
    id: mailId(request, approver),
    ...renderApprovalMail({
      request,
      run,
      documents,
      code: codeOf(linkKey, context),
      pageUrl: `${settings.pageBaseUrl}/approvals/${link}`,
    }),
  });
};
