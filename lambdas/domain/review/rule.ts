import type { BoxId } from '#lambdas/checklist';
import type { ReviewContext } from './context';

/**
 * `stop`: the migration fails, loses data, breaks what runs, or makes it wait; `warn`: it will cost somebody later; `note`: a
 * convention. By `stop` a review fails.
 */
export type Severity = 'stop' | 'warn' | 'note';

/** The worst first. */
export const severities: readonly Severity[] = ['stop', 'warn', 'note'];

/** What a rule found: the line, and one sentence that says what is wrong and what would be better. */
export type RuleFinding = {
  readonly line: number | null;
  readonly message: string;
  /** True when the line is one of the rollback's, which other tools keep in a file of its own. */
  readonly isInRollback?: boolean;
};

/** A review rule: a record and one pure function. Its examples lie in test/rules/<id>/ and make its page in docs/rules/. */
export type Rule = {
  /** Words with hyphens, never reused for something else. */
  readonly id: string;
  readonly severity: Severity;
  /** The checklist's box that a finding fails. */
  readonly box: BoxId;
  readonly title: string;
  /** What goes wrong otherwise. */
  readonly why: string;
  /** What to write instead. */
  readonly remedy: string;
  check(context: ReviewContext): readonly RuleFinding[];
};
