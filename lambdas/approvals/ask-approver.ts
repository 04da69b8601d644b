/** Makes one approver's link work and mails it, with the code, to nobody else. */
import type { Stored } from '#domain/approvals/evidence-of-approval';
import { renderApprovalMail, renderBlockedMail } from '#domain/approvals/mail-text';
import { addressIn, isSamePerson } from '#domain/approvals/person';
import type { ApprovalRequest, LinkRecord } from '#domain/approvals/request';
import { codeOf, hashSecret, linkOf } from '#domain/approvals/secrets';
import { isAgain } from '#domain/approvals/stages';
import type { EvidenceDocument } from '#domain/evidence/document';
import { fingerprintOf } from '#domain/signatures/signature';
import { type Ports, urlOfRun } from '#lambdas/ports/ports';
import { toJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import type { RunPin } from '#statemachine/contract';

/** The same mail under the same id for the same question; another one when it is asked anew. */
const mailId = ({ stage, runId, requestSha256, number }: LinkRecord, approver: string) =>
  `approve-${stage}-${runId}-${hashSecret([approver.toLowerCase(), requestSha256, ...(number ? [number] : [])].join(' ')).slice(0, 16)}`;

export const askApprover = async (
  { store, mail, settings, signing }: Pick<Ports, 'store' | 'mail' | 'settings' | 'signing'>,
  approvalsKey: Buffer,
  run: RunPin,
  { value: request, ref }: Stored<ApprovalRequest>,
  documents: readonly EvidenceDocument[],
  approver: string,
  number?: number,
): Promise<void> => {
  const { runId, stage } = request;
  const record: LinkRecord = { runId, stage, approver, requestSha256: ref.sha256, ...(number && { number }) };
  const link = linkOf(approvalsKey, record);
  // Before the mail: a link works from the moment it is read.
  await store.writeIfAbsent(approvalKeys.link(link), toJson(record));
  await mail.send({
    to: approver,
    id: mailId(record, approver),
    ...renderApprovalMail({
      request,
      run,
      documents,
      code: codeOf(approvalsKey, record),
      decisionKey: fingerprintOf((await signing.publicKeys()).decisions),
      pageUrl: `${settings.pageBaseUrl}/approvals/${link}`,
      runUrl: settings.runUrl,
    }),
  });
};

/** That a blocker stays is said to whoever started the run too, without a link: they may know who it is, and need not decide. */
export const tellStarter = async (
  { mail, settings }: Pick<Ports, 'mail' | 'settings'>,
  run: RunPin,
  { value: request, ref }: Stored<ApprovalRequest>,
): Promise<void> => {
  const starter = addressIn(run.startedBy);
  if (!isAgain(request.stage) || starter === null) return;
  if (request.approvers.some((approver) => isSamePerson(approver, starter))) return;
  await mail.send({
    to: starter,
    id: `blocked-${request.stage}-${request.runId}-${ref.sha256.slice(0, 16)}`,
    ...renderBlockedMail({ request, run, runUrl: urlOfRun(settings, run) }),
  });
};
