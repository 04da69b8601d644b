/** From the address in a mail to what was asked, of whom, and what became of it. */
import { whyNot } from '#domain/approvals/person';
import { type ApprovalDecision, type ApprovalRequest, findAsked, type LinkRecord } from '#domain/approvals/request';
import { isLink } from '#domain/approvals/secrets';
import type { Stage } from '#domain/approvals/stages';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readJson } from '#lambdas/record/json';
import { approvalKeys, pinnedKeys } from '#lambdas/record/keys';
import type { RunPin } from '#statemachine/contract';

export const readDecision = (store: ArtifactStore, runId: string, stage: Stage) =>
  readJson<ApprovalDecision>(store, approvalKeys.decision(runId, stage));

export type OpenApproval = {
  readonly link: string;
  readonly run: RunPin;
  readonly request: ApprovalRequest;
  /** Address of the person whose link it is. */
  readonly approver: string;
  readonly codeSha256: string;
  /** Null while nobody has decided. */
  readonly decision: ApprovalDecision | null;
};

/** Null when the link was never sent, or a later request has replaced it, or its owner may not decide. */
export const openApproval = async (store: ArtifactStore, path: string): Promise<OpenApproval | null> => {
  const link = path.slice(path.lastIndexOf('/') + 1);
  if (!isLink(link)) return null;
  const record = await readJson<LinkRecord>(store, approvalKeys.link(link));
  if (!record) return null;
  const { runId, stage } = record;
  const [request, run, decision] = await Promise.all([
    readJson<ApprovalRequest>(store, approvalKeys.request(runId, stage)),
    readJson<RunPin>(store, pinnedKeys(runId).run),
    readDecision(store, runId, stage),
  ]);
  const asked = request && findAsked(request, link);
  if (!request || !run || !asked || whyNot(asked.address, run, request.approvalsNeeded ?? 1) !== null) return null;
  return { link, run, request, approver: asked.address, codeSha256: asked.codeSha256, decision };
};
