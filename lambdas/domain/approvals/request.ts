/** What is stored of a question that was put to people, and of the answer. No secret in it can be used by a reader. */
import type { EvidenceRef } from '#domain/evidence/document';
import type { BoxId } from '#lambdas/checklist';
import type { RecordedFailure } from './failure';
import { matchesHash } from './secrets';
import type { Stage } from './stages';

export type AskedApprover = {
  readonly address: string;
  readonly linkSha256: string;
  readonly codeSha256: string;
};

/** `runs/<runId>/approvals/<stage>.json`. */
export type ApprovalRequest = {
  readonly format: 1;
  readonly runId: string;
  readonly stage: Stage;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly binding: string;
  /** The evidence that the binding covers; each document names those before it. */
  readonly evidence: readonly EvidenceRef[];
  /** Boxes that approving answers with `attested`. */
  readonly attestations: readonly BoxId[];
  readonly approvers: readonly AskedApprover[];
  /** How many different people must approve; absent in requests of an earlier version, where one was enough. */
  readonly approvalsNeeded?: number;
  readonly failure: RecordedFailure | null;
  readonly sealedToken: string;
};

/** `approvals/<sha256 of the link>.json`. */
export type LinkRecord = { readonly runId: string; readonly stage: Stage; readonly approver: string };

/** `runs/<runId>/approvals/<stage>.decision.json`, written once. */
export type ApprovalDecision = {
  readonly format: 1;
  readonly runId: string;
  readonly stage: Stage;
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly attested: readonly BoxId[];
  readonly binding: string;
};

/** The approver to whom this link was sent, or null when this request knows no such link. */
export const findAsked = (request: ApprovalRequest, link: string): AskedApprover | null =>
  request.approvers.find(({ linkSha256 }) => matchesHash(link, linkSha256)) ?? null;

export const isExpired = (request: Pick<ApprovalRequest, 'expiresAt'>, now: Date): boolean =>
  now.getTime() >= Date.parse(request.expiresAt);
