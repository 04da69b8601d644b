/** One answer per box out of all evidence of a run, and how many there are of each kind. */
import type { Answer, BoxAnswer, EvidenceDocument } from './document';

/**
 * The last answer of each box, in the order of the documents: what the dry run measured replaces what the review predicted,
 * and what a person attested replaces what was open.
 *
 * @example
 * latestAnswers([reviewed, rehearsed]).find(({ box }) => box === id)?.reason // 'measured on the branch: …'
 */
export const latestAnswers = (documents: readonly EvidenceDocument[]): readonly BoxAnswer[] => {
  const latest = new Map<string, BoxAnswer>();
  for (const { boxes } of documents) for (const answer of boxes) latest.set(answer.box, answer);
  return [...latest.values()];
};

/** What a person should look at first comes first. */
export const urgency: readonly Answer[] = ['failed', 'open', 'attested', 'proved', 'not applicable'];

/** `2 failed, 1 open, 10 proved`; those without any are left out. */
export const answersInWords = (answers: readonly Pick<BoxAnswer, 'answer'>[]): string =>
  urgency
    .map((answer) => ({ answer, count: answers.filter((given) => given.answer === answer).length }))
    .filter(({ count }) => count > 0)
    .map(({ answer, count }) => `${count} ${answer}`)
    .join(', ') || 'no box answered yet';
