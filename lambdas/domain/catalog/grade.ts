/** Grades what a rollback left different: some of it does no harm, some of it PostgreSQL itself cannot undo. */
import { type CatalogDifference, isEmptyDifference } from './difference';
import { gradingRules, type Remark } from './grading-rules';

export type RollbackVerdict = 'exact' | 'harmless' | 'irreversible by design' | 'differs';

export type GradedDifference = {
  /** The worst of what was found. */
  readonly verdict: RollbackVerdict;
  readonly harmless: readonly Remark[];
  readonly irreversible: readonly Remark[];
  /** What is left when those are taken out: the differences that somebody has to answer for. */
  readonly rest: CatalogDifference;
};

/** `difference` is from before up to after down. */
export const gradeDifference = (difference: CatalogDifference): GradedDifference => {
  const harmless: Remark[] = [];
  const irreversible: Remark[] = [];
  let rest = difference;
  for (const { grade, take } of gradingRules) {
    const taken = take(rest);
    (grade === 'harmless' ? harmless : irreversible).push(...taken.remarks);
    rest = taken.rest;
  }
  return { verdict: verdictOf(harmless, irreversible, rest), harmless, irreversible, rest };
};

const verdictOf = (
  harmless: readonly Remark[],
  irreversible: readonly Remark[],
  rest: CatalogDifference,
): RollbackVerdict => {
  if (!isEmptyDifference(rest)) return 'differs';
  if (irreversible.length) return 'irreversible by design';
  return harmless.length ? 'harmless' : 'exact';
};
