/** What follows a recorded decision: its evidence, and the answer that the run waits for. Doing it again changes nothing. */
import type { ApprovalDecision, ApprovalRequest } from '#domain/approvals/request';
import { unseal } from '#domain/approvals/seal';
import { stageQuestions } from '#domain/approvals/stages';
import { type ApprovalFacts, attestations } from '#domain/boxes/attestations';
import { judgeRoom } from '#domain/boxes/room';
import { TaskNoLongerWaiting } from '#domain/errors';
import type { EvidenceRef } from '#domain/evidence/document';
import type { Ports } from '#lambdas/ports/ports';
import { recordEvidence } from '#lambdas/record/evidence';
import { approvalKeys } from '#lambdas/record/keys';
import type { ApprovalOutcome } from '#statemachine/contract';

const recordDecision = (
  { store }: Pick<Ports, 'store'>,
  request: ApprovalRequest,
  { runId, stage, decision, by, at, reason, attested, binding }: ApprovalDecision,
): Promise<EvidenceRef> => {
  const { evidence, expiresAt } = request;
  const facts: ApprovalFacts = { stage, decision, by, at, reason, attested, binding, evidence, expiresAt };
  // Finished when it was decided, not when this was written: the bytes, and so the hash, are the same every time.
  return recordEvidence(
    { store, clock: { now: () => new Date(at) } },
    {
      runId,
      name: approvalKeys.evidenceName(stage),
      title: stageQuestions[stage].title,
      startedAt: request.requestedAt,
      previous: evidence.map(({ sha256 }) => sha256),
      boxes: judgeRoom(attestations, facts, null),
      findings: [],
      error: null,
      facts,
    },
  );
};

export type Delivery = 'answered' | 'no longer waiting';

/** Errors: ApprovalInvalid when the sealed token cannot be opened. */
export const deliverDecision = async (
  ports: Pick<Ports, 'store' | 'callback' | 'secrets'>,
  request: ApprovalRequest,
  decided: ApprovalDecision,
): Promise<Delivery> => {
  const evidence = await recordDecision(ports, request, decided);
  const { decision, by, at, reason } = decided;
  const outcome: ApprovalOutcome = { evidence, decision, by, at, reason };
  const taskToken = unseal(await ports.secrets.linkKey(), request, request.sealedToken);
  try {
    await ports.callback.succeed(taskToken, outcome);
    return 'answered';
  } catch (error) {
    if (error instanceof TaskNoLongerWaiting) return 'no longer waiting';
    throw error;
  }
};
