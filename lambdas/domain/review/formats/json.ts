/** For programs: what was found, as it is. */
import { printJson } from '#domain/text/visible';
import type { ReviewFinding } from '../review-migration';
import { type Format, pageOf } from './format';

export const json: Format = ({ reviews, prefix, pages }) => {
  const told = <T extends ReviewFinding>(finding: T) => ({
    ...finding,
    file: `${prefix}${finding.file}`,
    page: pageOf({ pages }, finding.rule),
  });
  return printJson(
    reviews.map((review) => ({
      ...review,
      file: `${prefix}${review.file}`,
      findings: review.findings.map(told),
      passed: review.passed.map(told),
    })),
    2,
  );
};
