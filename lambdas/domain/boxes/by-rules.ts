/** From rules and facts to one answer per box. */
import type { BoxAnswer, Finding } from '#domain/evidence/document';
import type { ReviewContext } from '#domain/review/context';
import { rules } from '#domain/review/rules';

/** What a box says when no rule found anything: the facts that prove it, or why there is nothing to prove. */
export type Basis =
  | { readonly answer: 'proved'; readonly reason: string; readonly facts?: Readonly<Record<string, unknown>> }
  | {
      readonly answer: 'not applicable' | 'open';
      readonly reason: string;
      readonly facts?: Readonly<Record<string, unknown>>;
    };

export type JudgedBox = { readonly box: string; basis(context: ReviewContext): Basis };

export type Review = {
  readonly boxes: readonly BoxAnswer[];
  /** For a person to decide on. */
  readonly findings: readonly Finding[];
  /** What must stop the run; each of them fails its box. */
  readonly refusals: readonly Finding[];
};

export const proved = (reason: string, facts?: Readonly<Record<string, unknown>>): Basis => ({
  answer: 'proved',
  reason,
  ...(facts && { facts }),
});

export const notApplicable = (reason: string): Basis => ({ answer: 'not applicable', reason });

export const findingsFor = (box: string, context: ReviewContext): readonly Finding[] =>
  rules
    .filter((rule) => rule.box === box)
    .flatMap((rule) => rule.check(context).map(({ line, message }) => ({ rule: rule.id, message, line })))
    .sort((one, other) => (one.line ?? 0) - (other.line ?? 0));

const place = ({ line }: Finding) => (line === null ? '' : `line ${line}: `);

// The report shows all of them; the box says enough to know what it is about.
const shownInReason = 3;

const failed = (box: string, found: readonly Finding[], basis: Basis): BoxAnswer => {
  const shown = found.slice(0, shownInReason).map((finding) => `${place(finding)}${finding.message}`);
  const more = found.length > shown.length ? [`and ${found.length - shown.length} more`] : [];
  return {
    box,
    answer: 'failed',
    reason: [...shown, ...more].join('; '),
    facts: { ...basis.facts, findings: found.map(({ rule, line }) => ({ rule, line })) },
  };
};

/** Answers each box by its rules' findings and by the refusals that name it. */
export const answerBoxes = (
  boxes: readonly JudgedBox[],
  context: ReviewContext,
  refusals: readonly (Finding & { readonly box: string })[] = [],
): Review => {
  const judged = boxes.map(({ box, basis }) => {
    const findings = findingsFor(box, context);
    const found = [...refusals.filter((refusal) => refusal.box === box), ...findings];
    const answer: BoxAnswer = found.length > 0 ? failed(box, found, basis(context)) : { box, ...basis(context) };
    return { answer, findings };
  });
  return {
    boxes: judged.map(({ answer }) => answer),
    findings: judged.flatMap(({ findings }) => findings),
    refusals: refusals.map(({ rule, message, line }) => ({ rule, message, line })),
  };
};
