/** Approve …: puts the question to the stage's approvers by mail. The run waits until one of them decides. */
import { bindingOf } from '#domain/approvals/binding';
import { readableFailure } from '#domain/approvals/failure';
import { openAttestations } from '#domain/approvals/findings';
import { eligibleApprovers, nobodyCanApprove, whyNobodyCan } from '#domain/approvals/person';
import { type ApprovalRequest, isExpired } from '#domain/approvals/request';
import { seal, unseal } from '#domain/approvals/seal';
import { codeOf, hashSecret, linkOf } from '#domain/approvals/secrets';
import { ApprovalInvalid, MigrationRefused } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Ports } from '#lambdas/ports/ports';
import { requireClosedList } from '#lambdas/record/closed-list';
import { refuseClosedRun } from '#lambdas/record/closing';
import { readJson, writeJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import type { RequestApprovalInput } from '#statemachine/contract';
import { askApprover } from './ask-approver';
import { deliverDecision } from './deliver-decision';
import { readDecision } from './open-approval';

export type RequestApprovalOutput = { readonly approvers: readonly string[]; readonly expiresAt: string };

const findApprovers = ({ stage, run }: RequestApprovalInput, { settings }: Ports): readonly string[] => {
  const [configured, needed] = [settings.approvers[stage], settings.approvalsNeeded[stage]];
  const why = whyNobodyCan(configured, run, needed);
  if (why !== null) throw new MigrationRefused(nobodyCanApprove(stage, run.migration, why));
  return eligibleApprovers(configured, run, needed);
};

/** True when this very task was asked for before; a token that cannot be opened is another task's. */
const isOfTask = (earlier: ApprovalRequest, linkKey: Buffer, taskToken: string): boolean => {
  try {
    return unseal(linkKey, earlier, earlier.sealedToken) === taskToken;
  } catch (error) {
    if (error instanceof ApprovalInvalid) return false;
    throw error;
  }
};

type RequestedBefore = Pick<ApprovalRequest, 'requestedAt' | 'expiresAt' | 'sealedToken'>;

/** What a repeated request keeps, so that nothing changes for the people who were asked. */
const keepOrBegin = (
  earlier: ApprovalRequest | null,
  linkKey: Buffer,
  { run, stage, taskToken }: RequestApprovalInput,
  now: Date,
): RequestedBefore => {
  if (earlier && isOfTask(earlier, linkKey, taskToken)) return earlier;
  const sealedToken = seal(linkKey, { runId: run.runId, stage }, taskToken);
  if (earlier && !isExpired(earlier, now)) return { ...earlier, sealedToken };
  const expiresAt = new Date(now.getTime() + run.approvalTimeoutSeconds * 1000).toISOString();
  return { requestedAt: now.toISOString(), expiresAt, sealedToken };
};

const composeRequest = (
  { run, stage, previous, failure }: RequestApprovalInput,
  binding: string,
  linkKey: Buffer,
  { requestedAt, expiresAt, sealedToken }: RequestedBefore,
  documents: readonly EvidenceDocument[],
  approvers: readonly string[],
  approvalsNeeded: number,
): ApprovalRequest => ({
  format: 1,
  runId: run.runId,
  stage,
  requestedAt,
  expiresAt,
  binding,
  evidence: previous,
  attestations: openAttestations(stage, documents),
  approvers: approvers.map((address) => {
    const context = { runId: run.runId, stage, binding, approver: address };
    return {
      address,
      linkSha256: hashSecret(linkOf(linkKey, context)),
      codeSha256: hashSecret(codeOf(linkKey, context)),
    };
  }),
  approvalsNeeded,
  failure: failure ? readableFailure(failure) : null,
  sealedToken,
});

const refuseOtherDecision = async ({ store }: Ports, { run, stage }: RequestApprovalInput, binding: string) => {
  const decision = await readDecision(store, run.runId, stage);
  if (decision && decision.binding !== binding)
    throw new ApprovalInvalid(
      `the ${stage} of run ${run.runId} was ${decision.decision} by ${decision.by} for other evidence than there is now; start a new run`,
    );
};

export const run = async (input: RequestApprovalInput, ports: Ports): Promise<RequestApprovalOutput> => {
  const { run: pin, stage, previous: evidence } = input;
  const { store, clock, secrets, settings } = ports;
  await refuseClosedRun(store, pin.runId);
  const approvers = findApprovers(input, ports);
  const documents = await requireClosedList(store, {
    runId: pin.runId,
    name: approvalKeys.evidenceName(stage),
    previous: evidence,
  });
  const binding = bindingOf({ run: pin, stage, evidence });
  await refuseOtherDecision(ports, input, binding);

  const linkKey = await secrets.linkKey();
  const key = approvalKeys.request(pin.runId, stage);
  const stored = await readJson<ApprovalRequest>(store, key);
  const kept = keepOrBegin(stored?.binding === binding ? stored : null, linkKey, input, clock.now());
  const request = composeRequest(input, binding, linkKey, kept, documents, approvers, settings.approvalsNeeded[stage]);
  await writeJson(store, key, request);

  // Read after the request is written: whoever decided until now may have answered an earlier task, and from now on
  // answers this one. Nobody is asked twice.
  const decision = await readDecision(store, pin.runId, stage);
  if (decision) await deliverDecision(ports, request, decision);
  else for (const approver of approvers) await askApprover(ports, linkKey, pin, request, documents, approver);
  return { approvers, expiresAt: request.expiresAt };
};
