/** For programs: what was found, as it is. */
import { printJson } from '#domain/text/visible';
import type { Format } from './format';

export const json: Format = ({ reviews, prefix }) =>
  printJson(
    reviews.map((review) => ({
      ...review,
      file: `${prefix}${review.file}`,
      findings: review.findings.map((finding) => ({ ...finding, file: `${prefix}${finding.file}` })),
      passed: review.passed.map((finding) => ({ ...finding, file: `${prefix}${finding.file}` })),
    })),
    2,
  );
