/** What follows a concluded question: its evidence, and the answer that the run waits for. Doing it again changes nothing. */
import { type AnsweredQuestion, evidenceFaults, evidenceOfApproval } from '#domain/approvals/evidence-of-approval';
import type { WaitingTask } from '#domain/approvals/request';
import { unseal } from '#domain/approvals/seal';
import type { Stage } from '#domain/approvals/stages';
import type { ApprovalFacts } from '#domain/boxes/attestations';
import { ApprovalInvalid, StoreFailed, TaskNoLongerWaiting } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readEnd } from '#lambdas/record/closing';
import { type Recorded, recordEvidenceOnce } from '#lambdas/record/evidence';
import { readJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import type { ApprovalOutcome } from '#statemachine/contract';

/** The token of the task that waits for the answer. Errors: ApprovalInvalid when it cannot be opened. */
export const readTaskToken = async (
  { store, secrets }: Pick<Ports, 'store' | 'secrets'>,
  { runId, stage }: { readonly runId: string; readonly stage: Stage },
): Promise<string> => {
  const key = approvalKeys.task(runId, stage);
  const task = await readJson<WaitingTask>(store, key);
  if (!task) throw new StoreFailed(`there is no ${key}: it was removed after the question was put; start a new run`);
  return unseal(await secrets.approvalsKey(), { runId, stage }, task.sealedToken);
};

/** The first evidence of a conclusion stands. Errors: ApprovalInvalid when what stands there is somebody else's. */
const recordConclusion = async (
  { store }: Pick<Ports, 'store'>,
  question: AnsweredQuestion,
): Promise<Recorded | null> => {
  const evidence = evidenceOfApproval(question);
  if (!evidence) return null;
  const { stage } = question.request.value;
  const { finishedAt, ...unfinished } = evidence;
  const recorded = await recordEvidenceOnce(
    { store, clock: { now: () => new Date(finishedAt) } },
    { ...unfinished, name: approvalKeys.evidenceName(stage) },
  );
  const faults = evidenceFaults(recorded.document, question);
  if (faults.length === 0) return recorded;
  throw new ApprovalInvalid(
    `${recorded.ref.key} is not believed: ${faults.join('; ')}. Find out who could write there, and start a new run`,
  );
};

/** `taken before`: the run does not wait, and somebody had begun to tell it of this answer: a page that was sent twice. */
export type Delivery = 'answered' | 'taken before' | 'no longer waiting' | 'not concluded';

/** Answers the waiting run with what the decisions come to. Errors: ApprovalInvalid. */
export const deliverConclusion = async (
  ports: Pick<Ports, 'store' | 'callback' | 'secrets'>,
  question: AnsweredQuestion,
): Promise<Delivery> => {
  const { runId, stage } = question.request.value;
  if ((await readEnd(ports.store, runId)) !== null) return 'no longer waiting';
  const recorded = await recordConclusion(ports, question);
  if (!recorded) return 'not concluded';
  const { decision, by, at, reason } = recorded.document.facts as ApprovalFacts;
  const outcome: ApprovalOutcome = { evidence: recorded.ref, decision, by, at, reason };
  const isFirst = await ports.store.writeIfAbsent(approvalKeys.delivering(runId, stage), '{}\n');
  try {
    await ports.callback.succeed(await readTaskToken(ports, question.request.value), outcome);
    return 'answered';
  } catch (error) {
    if (error instanceof TaskNoLongerWaiting) return isFirst ? 'no longer waiting' : 'taken before';
    throw error;
  }
};
