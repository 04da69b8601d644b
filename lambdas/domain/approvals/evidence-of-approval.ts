/** The evidence document of a question that was answered: it follows from the request and the decisions, byte for byte. */
import {
  type AcceptedException,
  type ApprovalFacts,
  type AskedException,
  type Attested,
  attestations,
  type CountedAnswer,
} from '#domain/boxes/attestations';
import { judgeRoom } from '#domain/boxes/room';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { isSameJson } from '#domain/evidence/same-json';
import { isSameSession } from '#domain/locks/in-the-way';
import type { BoxId } from '#lambdas/checklist';
import { concludingDecisions, inOrder } from './conclude';
import { concludedOnCall } from './on-call';
import { type ApprovalDecision, type ApprovalRequest, deciderInWords } from './request';
import { stageQuestions } from './stages';
import { endable } from './ticks';

export type Stored<T> = { readonly ref: EvidenceRef; readonly value: T };

export type AnsweredQuestion = {
  readonly request: Stored<ApprovalRequest>;
  readonly decisions: readonly Stored<ApprovalDecision>[];
};

/** What one person said for each of these boxes: in words of its own, or in those for the whole. */
const wordsFor = (boxes: readonly BoxId[], decision: ApprovalDecision): readonly Attested[] =>
  boxes.map((box) => ({ box, by: deciderInWords(decision), because: decision.because?.[box] ?? decision.reason }));

const acceptedBy = (exceptions: readonly AskedException[], decision: ApprovalDecision): readonly AcceptedException[] =>
  wordsFor(decision.accepted ?? [], decision).flatMap((words) => {
    const exception = exceptions.find(({ box }) => box === words.box);
    return exception ? [{ ...exception, ...words }] : [];
  });

const countedAnswer = ({ by, at, decision, reason, how, operator }: ApprovalDecision): CountedAnswer => ({
  ...{ by, at, decision, reason },
  how: how ?? 'on the page',
  operator: operator ?? null,
});

/** Those that everybody has ticked who approved: what takes two people takes both of them here as well. */
const endedFor = (request: ApprovalRequest, counted: readonly ApprovalDecision[]): Pick<ApprovalFacts, 'mayEnd'> => {
  const ticks = counted.map(({ decision, how, mayEnd = [] }) =>
    decision === 'approved' && how !== 'nobody looked' ? mayEnd : [],
  );
  const both = endable(request).filter((session) =>
    ticks.every((ticked) => ticked.some((one) => isSameSession(one, session))),
  );
  if (both.length === 0) return {};
  return {
    mayEnd: both.map(({ processId, startedAt, application, role }) => ({ processId, startedAt, application, role })),
  };
};

/** Null while the decisions conclude nothing. */
export const factsOfApproval = ({ request, decisions }: AnsweredQuestion): ApprovalFacts | null => {
  const counted = concludingDecisions(
    request.value,
    decisions.map(({ value }) => value),
  );
  const concluding = counted?.at(-1);
  if (!counted || !concluding) return null;
  const { stage, decision, at, reason, attested, binding } = concluding;
  const { evidence, expiresAt, exceptions = [] } = request.value;
  const refs = decisions.map(({ ref }) => ref).sort((one, other) => (one.key < other.key ? -1 : 1));
  // Nobody attests to anything and nobody accepts anything where nobody looked.
  const onCall = concludedOnCall(request.value, counted);
  const approvals = counted.filter((one) => one.decision === 'approved' && one.how !== 'nobody looked');
  return {
    ...{ stage, decision, at, reason, attested, binding, evidence, expiresAt },
    by: `${onCall !== null && counted.length === 1 ? 'one person on call, ' : ''}${counted.map(deciderInWords).join(' and ')}`,
    ...(onCall !== null && { onCall }),
    attestedBy: approvals.flatMap((one) => wordsFor(one.attested, one)),
    accepted: approvals.flatMap((one) => acceptedBy(exceptions, one)),
    ...endedFor(request.value, counted),
    answers: inOrder(decisions.map(({ value }) => value)).map(countedAnswer),
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
