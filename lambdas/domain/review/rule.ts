import type { BoxId } from '#lambdas/checklist';
import type { ReviewContext } from './context';

/** What a rule found: the line, and one sentence that says what is wrong and what would be better. */
export type RuleFinding = { readonly line: number | null; readonly message: string };

/** A review rule: a record and one pure function. Its examples lie in test/rules/<id>/ and make its page in docs/rules/. */
export type Rule = {
  /** Words with hyphens, never reused for something else. */
  readonly id: string;
  /** The checklist's box that a finding fails. */
  readonly box: BoxId;
  readonly title: string;
  /** What goes wrong otherwise. */
  readonly why: string;
  /** What to write instead. */
  readonly remedy: string;
  check(context: ReviewContext): readonly RuleFinding[];
};
