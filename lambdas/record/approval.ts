/** The last gate before the target is changed: what was approved must be exactly what is about to run. */
import { bindingOf } from '#domain/approvals/binding';
import type { Stage } from '#domain/approvals/stages';
import type { ApprovalFacts } from '#domain/boxes/attestations';
import { ApprovalInvalid } from '#domain/errors';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { RunPin } from '#statemachine/contract';
import { readReferenced } from './json';

export type Approval = { readonly by: string; readonly at: string; readonly reason: string };

/**
 * Reads the decision's evidence and computes its binding again from the pin and from the evidence as it lies in the store.
 * Errors: ApprovalInvalid, ChecksumMismatch.
 */
export const requireApproval = async (
  store: ArtifactStore,
  run: RunPin,
  stage: Stage,
  ref: EvidenceRef,
): Promise<Approval> => {
  const document = await readReferenced<EvidenceDocument>(store, ref);
  const facts = document.facts as ApprovalFacts;
  if (document.runId !== run.runId || facts.stage !== stage || facts.decision !== 'approved')
    throw new ApprovalInvalid(
      `${ref.key} is ${facts.decision ?? 'no decision'} for stage "${facts.stage}" of run ${document.runId}; expected approved for "${stage}" of run ${run.runId}`,
    );
  await Promise.all(facts.evidence.map((bound) => readReferenced(store, bound)));
  if (bindingOf({ run, stage, evidence: facts.evidence }) !== facts.binding)
    throw new ApprovalInvalid(
      `the approval of ${facts.by} was given for another migration, target or evidence than this run's; start a new run`,
    );
  return { by: facts.by, at: facts.at, reason: facts.reason };
};
