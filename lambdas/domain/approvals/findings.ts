/** What the run has found so far, in the order in which a person should look at it. */
import { latestAnswers } from '../evidence/answers';
import type { Answer, BoxAnswer, EvidenceDocument } from '../evidence/document';
import { type Stage, stageQuestions } from './stages';

const urgency: readonly Answer[] = ['failed', 'open', 'attested', 'proved', 'not applicable'];

/** Failures first, then what is open; within that as given. */
export const byUrgency = (answers: readonly BoxAnswer[]): readonly BoxAnswer[] =>
  [...answers].sort((a, b) => urgency.indexOf(a.answer) - urgency.indexOf(b.answer));

/** Boxes that a person can attest to at this stage and that nothing has answered yet. */
export const openAttestations = (stage: Stage, documents: readonly EvidenceDocument[]): readonly string[] => {
  const answers = latestAnswers(documents);
  return Object.keys(stageQuestions[stage].attestations).filter(
    (box) => (answers.find((answer) => answer.box === box)?.answer ?? 'open') === 'open',
  );
};

/** `2 failed, 1 open, 10 proved`; those without any are left out. */
export const countAnswers = (answers: readonly BoxAnswer[]): string =>
  urgency
    .map((answer) => ({ answer, count: answers.filter((given) => given.answer === answer).length }))
    .filter(({ count }) => count > 0)
    .map(({ answer, count }) => `${count} ${answer}`)
    .join(', ') || 'no box answered yet';
