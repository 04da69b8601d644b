/** The gates before a branch is made and before the target is changed: what was approved must be exactly what is about to run. */
import { bindingOf } from '#domain/approvals/binding';
import { evidenceFaults } from '#domain/approvals/evidence-of-approval';
import type { Stage } from '#domain/approvals/stages';
import { type AllowedEnding, type ApprovalFacts, nobodyLooked } from '#domain/boxes/attestations';
import { ApprovalInvalid, ChecksumMismatch } from '#domain/errors';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { isSameJson } from '#domain/evidence/same-json';
import type { Ports } from '#lambdas/ports/ports';
import type { RunPin } from '#statemachine/contract';
import { type Recorded, readRecorded } from './evidence';
import { readJson, readReferenced } from './json';
import { approvalKeys, pinnedKeys } from './keys';
import { readQuestion } from './question';

export type Approval = {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** Sessions that may be ended first; absent where none may. */
  readonly mayEnd?: readonly AllowedEnding[];
};

/** The ledger and the team read it: nobody's look is not taken for somebody's. */
const inTheirWords = ({ by, answers = [] }: ApprovalFacts) =>
  answers.some(({ how }) => how === 'nobody looked') ? `${by}, where ${nobodyLooked}` : by;

type Reading = Pick<Ports, 'store' | 'signing'>;

/** The run's own copy of its pin is shown on pages and read by whoever closes it: it must be the one that was asked about. */
export const requirePin = async ({ store }: Pick<Ports, 'store'>, run: RunPin): Promise<void> => {
  const key = pinnedKeys(run.runId).run;
  if (!isSameJson(await readJson(store, key), run))
    throw new ApprovalInvalid(`${key} is not the pin of run ${run.runId}: it was changed; start a new run`);
};

const readApproval = async (
  { store }: Reading,
  run: RunPin,
  stage: Stage,
  ref: EvidenceRef | null,
): Promise<Recorded> => {
  if (ref) return { ref, document: await readReferenced<EvidenceDocument>(store, ref) };
  const recorded = await readRecorded(store, run.runId, approvalKeys.evidenceName(stage));
  if (recorded) return recorded;
  throw new ApprovalInvalid(`nobody has approved the ${stage} of run ${run.runId}; start a new run`);
};

/**
 * Verifies the approval of a stage: evidence, signed request, signed decisions, their binding computed again from the pin, and
 * the evidence that they cover as it lies in the store. `ref` is the evidence where the state knows its hash.
 * Errors: ApprovalInvalid, ChecksumMismatch.
 */
export const requireApproval = async (
  ports: Reading,
  run: RunPin,
  stage: Stage,
  ref: EvidenceRef | null,
): Promise<Approval> => {
  const { store } = ports;
  const { ref: found, document } = await readApproval(ports, run, stage, ref);
  const facts = document.facts as ApprovalFacts;
  if (document.runId !== run.runId || facts.stage !== stage || facts.decision !== 'approved')
    throw new ApprovalInvalid(
      `${found.key} is ${facts.decision ?? 'no decision'} for stage "${facts.stage}" of run ${document.runId}; expected approved for "${stage}" of run ${run.runId}`,
    );
  const question = await readQuestion(ports, run.runId, stage);
  const faults = question ? evidenceFaults(document, question) : ['nobody was asked'];
  if (!question || faults.length > 0)
    throw new ApprovalInvalid(`${found.key} is not believed: ${faults.join('; ')}. Start a new run`);
  const { value: request } = question.request;
  await requirePin(ports, run);
  if (!isSameJson(request.run, run) || bindingOf({ run, stage, evidence: request.evidence }) !== request.binding)
    throw new ApprovalInvalid(
      `the approval of ${facts.by} was given for another migration, target or evidence than this run's; start a new run`,
    );
  try {
    await Promise.all(request.evidence.map((bound) => readReferenced(store, bound)));
  } catch (cause) {
    if (!(cause instanceof ChecksumMismatch)) throw cause;
    throw new ChecksumMismatch(`what ${facts.by} was shown is not there any more: ${cause.message}`, { cause });
  }
  return { by: inTheirWords(facts), at: facts.at, reason: facts.reason, ...(facts.mayEnd && { mayEnd: facts.mayEnd }) };
};
