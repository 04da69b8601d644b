/** Signs one person's decision and writes it, unless this person has decided already. */
import type { ParsedForm } from '#domain/approvals/decision-form';
import type { ApprovalDecision } from '#domain/approvals/request';
import type { DecidedHow } from '#domain/boxes/attestations';
import type { Ports } from '#lambdas/ports/ports';
import { approvalKeys } from '#lambdas/record/keys';
import { prepareSigned } from '#lambdas/record/signed';
import type { OpenApproval } from './open-approval';

export type Said = Pick<ParsedForm, 'reason' | 'entry'> &
  Pick<ApprovalDecision, 'decision'> & {
    readonly how: DecidedHow;
    /** Who is at the terminal; left out where the person answers themselves. */
    readonly operator?: string;
  };

export const recordDecision = async (
  { store, signing, clock }: Pick<Ports, 'store' | 'signing' | 'clock'>,
  { request, question, approver }: OpenApproval,
  { decision, reason, entry, how, operator }: Said,
): Promise<void> => {
  const { runId, stage, binding } = request;
  const isApproved = decision === 'approved';
  const document: ApprovalDecision = {
    format: 2,
    ...{ runId, stage, decision, by: approver },
    at: clock.now().toISOString(),
    ...{ reason, binding },
    attested: isApproved ? entry.attested : [],
    accepted: isApproved ? entry.accepted : [],
    because: isApproved ? entry.because : {},
    ...(isApproved && how !== 'nobody looked' && entry.mayEnd.length > 0 && { mayEnd: entry.mayEnd }),
    how,
    ...(operator !== undefined && { operator }),
    request: question.request.ref,
  };
  const key = approvalKeys.decision(runId, stage, approver);
  const { text } = await prepareSigned(store, key, document, (bytes) => signing.signDecision(bytes));
  await store.writeIfAbsent(key, text);
};
