/** What the run has found so far, in the order in which a person should look at it. */
import { latestAnswers, urgency } from '#domain/evidence/answers';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import type { BoxId } from '#lambdas/checklist';
import { type Stage, stageQuestions } from './stages';

/** Failures first, then what is open; within that as given. */
export const byUrgency = (answers: readonly BoxAnswer[]): readonly BoxAnswer[] =>
  [...answers].sort((a, b) => urgency.indexOf(a.answer) - urgency.indexOf(b.answer));

/**
 * Boxes that a person can attest to at this stage and that nothing has answered yet; not what nobody could see: nothing was run, or
 * no pull request was named.
 */
export const openAttestations = (stage: Stage, documents: readonly EvidenceDocument[]): readonly BoxId[] => {
  const answers = latestAnswers(documents);
  return (Object.keys(stageQuestions[stage].attestations) as BoxId[]).filter((box) => {
    const { answer = 'open', facts = {} } = answers.find((given) => given.box === box) ?? {};
    return answer === 'open' && facts['notRehearsed'] !== true && facts['pullRequest'] !== null;
  });
};
