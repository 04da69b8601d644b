/** The evidence document of a question that was answered: it follows from the request and the decisions, byte for byte. */
import { type ApprovalFacts, attestations } from '#domain/boxes/attestations';
import { judgeRoom } from '#domain/boxes/room';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { isSameJson } from '#domain/evidence/same-json';
import { concludingDecision } from './conclude';
import type { ApprovalDecision, ApprovalRequest } from './request';
import { stageQuestions } from './stages';

export type Stored<T> = { readonly ref: EvidenceRef; readonly value: T };

export type AnsweredQuestion = {
  readonly request: Stored<ApprovalRequest>;
  readonly decisions: readonly Stored<ApprovalDecision>[];
};

/** Null while the decisions conclude nothing. */
export const factsOfApproval = ({ request, decisions }: AnsweredQuestion): ApprovalFacts | null => {
  const concluding = concludingDecision(
    request.value,
    decisions.map(({ value }) => value),
  );
  if (!concluding) return null;
  const { stage, decision, by, at, reason, attested, binding } = concluding;
  const { evidence, expiresAt } = request.value;
  const refs = decisions.map(({ ref }) => ref).sort((one, other) => (one.key < other.key ? -1 : 1));
  return {
    ...{ stage, decision, by, at, reason, attested, binding, evidence, expiresAt },
    request: request.ref,
    decisions: refs,
  };
};

/** Without what the store's own writer adds; null while the decisions conclude nothing. */
export const evidenceOfApproval = (
  question: AnsweredQuestion,
): Omit<EvidenceDocument, 'format' | 'version' | 'name'> | null => {
  const facts = factsOfApproval(question);
  const { runId, stage, requestedAt, evidence } = question.request.value;
  return (
    facts && {
      runId,
      title: stageQuestions[stage].title,
      startedAt: requestedAt,
      // Finished when it was decided, not when this is written: the bytes, and so the hash, are the same every time.
      finishedAt: facts.at,
      previous: evidence.map(({ sha256 }) => sha256),
      boxes: judgeRoom(attestations, facts, null),
      findings: [],
      error: null,
      facts,
    }
  );
};

/** An answer that was given this long before the conclusion was there to be counted; 60 s, because two may answer at once. */
const graceMs = 60_000;

/**
 * What is wrong with the evidence of an answered question, given the verified request and all verified decisions: one sentence for
 * each fault. It counts the decisions that it lists, which must not leave out an earlier one.
 */
export const evidenceFaults = (document: EvidenceDocument, question: AnsweredQuestion): readonly string[] => {
  const facts = document.facts as Partial<ApprovalFacts>;
  const listed = facts.decisions ?? [];
  const isListed = ({ ref }: Stored<ApprovalDecision>) => listed.some((one) => isSameJson(one, ref));
  const counted = question.decisions.filter(isListed);
  const expected = evidenceOfApproval({ ...question, decisions: counted });
  const leftOut = question.decisions.filter(
    (one) => !isListed(one) && Date.parse(one.value.at) < Date.parse(document.finishedAt) - graceMs,
  );
  const differing = expected
    ? (['facts', 'previous', 'startedAt', 'finishedAt', 'error'] as const).filter(
        (name) => !isSameJson(expected[name], document[name]),
      )
    : [];
  return [
    ...(expected ? [] : ['it lists no signed decisions that conclude the question']),
    ...(counted.length === listed.length ? [] : ['it counts decisions that nobody has signed']),
    ...differing.map((name) => `its ${name} are not what the signed request and decisions say`),
    ...leftOut.map(({ ref }) => `it leaves out ${ref.key}, which was decided before`),
  ];
};
