/** Findings as a person reads them: what stops or loses comes first. */
import { count } from '#domain/count';
import { type Severity, severities } from '#domain/review/rule';
import type { Finding } from './document';

/** Those without a severity, which no rule of the review has found, come behind what stops. */
const rank = ({ severity = 'warn' }: Finding) => severities.indexOf(severity);

/** By severity, then by line. */
export const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((one, other) => rank(one) - rank(other) || (one.line ?? 0) - (other.line ?? 0));

/** A convention, which is folded; everything else is not. */
export const isNote = ({ severity }: Finding): boolean => severity === 'note';

const numberOf = (findings: readonly Finding[], severity: Severity) =>
  findings.filter((one) => one.severity === severity).length;

/** `5 findings: 2 stop, 1 warn, 2 note`. */
export const findingsInWords = (findings: readonly Finding[]): string => {
  const counts = severities.map((severity) => [numberOf(findings, severity), severity] as const);
  const known = counts.filter(([number]) => number > 0).map(([number, severity]) => `${number} ${severity}`);
  return `${count(findings.length, 'finding')}${known.length === 0 ? '' : `: ${known.join(', ')}`}`;
};
