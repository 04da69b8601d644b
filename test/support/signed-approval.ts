/** A question that was put and answered, signed as the functions sign it: for tests of what comes after. */
import { bindingOf } from '#domain/approvals/binding';
import { evidenceOfApproval } from '#domain/approvals/evidence-of-approval';
import type { ApprovalDecision, ApprovalRequest } from '#domain/approvals/request';
import { type Stage, stages } from '#domain/approvals/stages';
import type { DocumentName } from '#domain/boxes/facts';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import { recordEvidence } from '#lambdas/record/evidence';
import { toJson } from '#lambdas/record/json';
import { approvalKeys, pinnedKeys } from '#lambdas/record/keys';
import { prepareSigned } from '#lambdas/record/signed';
import type { RunPin } from '#statemachine/contract';
import { testSigning } from './fake-ports';
import { beforeOf, straightWay, type Written, writeDocument } from './run-in-store';

/** Ada has approved it; also the run's pin lies in the store. Returns the evidence. */
export const approveStage = async (
  store: ArtifactStore,
  run: RunPin,
  stage: Stage,
  evidence: readonly EvidenceRef[],
  at = '2026-11-22T08:00:04.000Z',
): Promise<EvidenceRef> => {
  const { runId } = run;
  const binding = bindingOf({ run, stage, evidence });
  const request: ApprovalRequest = {
    ...{ format: 2, runId, stage, run, binding, evidence },
    requestedAt: '2026-11-22T08:00:00.000Z',
    expiresAt: '2026-11-22T09:00:00.000Z',
    attestations: [],
    approvers: ['ada@example.org'],
    failure: null,
  };
  await store.write(pinnedKeys(runId).run, toJson(run));
  const asked = await prepareSigned(store, approvalKeys.request(runId, stage), request, testSigning.signRequest);
  await store.write(asked.ref.key, asked.text);
  const decision: ApprovalDecision = {
    ...{ format: 2, runId, stage, decision: 'approved', by: 'ada@example.org', binding, attested: [] },
    at,
    reason: 'good',
    request: asked.ref,
  };
  const key = approvalKeys.decision(runId, stage, decision.by);
  const decided = await prepareSigned(store, key, decision, testSigning.signDecision);
  await store.write(key, decided.text);
  const question = {
    request: { ref: asked.ref, value: request },
    decisions: [{ ref: decided.ref, value: decision }],
  };
  const document = evidenceOfApproval(question);
  if (!document) throw new Error('one approval concludes nothing');
  const { finishedAt, ...unfinished } = document;
  const clock = { now: () => new Date(finishedAt) };
  return recordEvidence({ store, clock }, { ...unfinished, name: approvalKeys.evidenceName(stage) });
};

/** The documents of a run that has come to its sign-off, both stages approved; what the sign-off follows. */
export const writeApprovedRun = async (
  store: ArtifactStore,
  run: RunPin,
  differing: Readonly<Partial<Record<DocumentName, Partial<EvidenceDocument>>>> = {},
): Promise<readonly EvidenceRef[]> => {
  const written: Written = new Map();
  for (const [index, name] of straightWay.entries()) {
    const stage = stages.find((one) => approvalKeys.evidenceName(one) === name);
    const evidence = beforeOf(name).flatMap((one) => written.get(one) ?? []);
    const at = new Date(Date.parse('2026-11-22T08:00:00.000Z') + index * 1000).toISOString();
    if (stage) written.set(name, await approveStage(store, run, stage, evidence, at));
    else await writeDocument(store, written, name, beforeOf(name), differing[name]);
  }
  return [...written.values()].slice(-1);
};
