/** One answer per box out of all evidence of a run. */
import type { BoxAnswer, EvidenceDocument } from './document';

/**
 * The last answer of each box, in the order of the documents: what the dry run measured replaces what the review predicted,
 * and what a person attested replaces what stood open.
 */
export const latestAnswers = (documents: readonly EvidenceDocument[]): readonly BoxAnswer[] => {
  const latest = new Map<string, BoxAnswer>();
  for (const { boxes } of documents) for (const answer of boxes) latest.set(answer.box, answer);
  return [...latest.values()];
};
