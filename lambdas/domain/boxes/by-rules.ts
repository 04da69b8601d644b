/** From rules and facts to one answer per box of a review. */
import type { Catalog } from '#domain/catalog/catalog';
import type { ChecksFile } from '#domain/checks/checks';
import type { Finding } from '#domain/evidence/document';
import { worstFirst } from '#domain/evidence/findings';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Migration } from '#domain/migration/migration';
import type { ReviewContext } from '#domain/review/context';
import type { SearchPath } from '#domain/review/names/search-path';
import type { Rule, RuleFinding } from '#domain/review/rule';
import { rules } from '#domain/review/rules';
import { safeWayOf } from '#domain/review/safe-way';
import { contextFor } from '#domain/review/subject';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
import type { StatisticsReading } from '#domain/tables/traffic';
import type { BoxId } from '#lambdas/checklist';
import { type Artifact, type Judge, type Judgement, judgeOf, type ReadFacts } from './room';

/** What every review looks at. */
export type ReviewFacts = {
  readonly migration: Artifact<Migration>;
  readonly checks: Artifact<ChecksFile> | null;
  /** The target's schema before the migration. */
  readonly catalog: Artifact<Catalog>;
  readonly ledger: readonly LedgerEntry[];
  /** Which a session of the role begins with; documents of version 0.2.0 and before have none, and PostgreSQL's own is taken. */
  readonly searchPath?: SearchPath;
};

export type Reviewed = ReadFacts<ReviewFacts> & {
  readonly statistics?: StatisticsReading;
  readonly production?: ProductionStatistics | null;
  readonly limitMs?: number;
};

/** What a box says when no rule found anything: what proves it, or why there is nothing to prove. */
export type Basis = (context: ReviewContext) => Judgement;

const contexts = new WeakMap<Reviewed, ReviewContext>();

/** Worked out once for all boxes that are judged from the same facts: it takes longer than they do. */
export const contextOfReview = (reviewed: Reviewed): ReviewContext => {
  const known = contexts.get(reviewed);
  if (known) return known;
  const { statistics, production, limitMs, ...subject } = reviewed;
  const context = contextFor({
    ...subject,
    ...(statistics && {
      statistics: statistics.statistics,
      ...(production !== undefined && { production }),
      ...(limitMs !== undefined && { limitMs }),
    }),
  });
  contexts.set(reviewed, context);
  return context;
};

const findingOf = ({ id, severity, remedy }: Rule, found: RuleFinding, context: ReviewContext): Finding => {
  const safeWay = found.isInRollback ? null : safeWayOf(id, context, found.line);
  return { rule: id, message: found.message, line: found.line, severity, remedy, ...(safeWay !== null && { safeWay }) };
};

/** The worst first, then by line. */
export const findingsFor = (box: BoxId, context: ReviewContext): readonly Finding[] =>
  worstFirst(
    rules
      .filter((rule) => rule.box === box)
      .flatMap((rule) => rule.check(context).map((found) => findingOf(rule, found, context))),
  );

/** What all rules of these boxes found, box by box. */
export const findingsOfReview = (boxes: readonly BoxId[], reviewed: Reviewed): readonly Finding[] =>
  boxes.flatMap((box) => findingsFor(box, contextOfReview(reviewed)));

const lineOf = ({ line }: Finding) => (line === null ? '' : `line ${line}: `);

// The report shows all of them; the box says enough to know what it is about.
const shownInReason = 3;

const failedByFindings = (found: readonly Finding[], basis: Judgement): Judgement => {
  const shown = found.slice(0, shownInReason).map((finding) => `${lineOf(finding)}${finding.message}`);
  const more = found.length > shown.length ? [`and ${found.length - shown.length} more`] : [];
  return {
    answer: 'failed',
    reason: [...shown, ...more].join('; '),
    facts: { ...basis.facts, findings: found.map(({ rule, line }) => ({ rule, line })) },
  };
};

/** Failed by what the box's rules find, or by what is `refused`; otherwise what the basis says. */
export const judgeByRules = (
  box: BoxId,
  basis: Basis,
  context: ReviewContext,
  refused: readonly Finding[] = [],
): Judgement => {
  const found = [...refused, ...findingsFor(box, context)];
  return found.length > 0 ? failedByFindings(found, basis(context)) : basis(context);
};

export const reviewFacts = ['migration', 'checks', 'catalog', 'ledger'] as const;

/** The judge of a box that is answered by its rules alone. */
export const byRules = (box: BoxId, basis: Basis): Judge<ReviewFacts> =>
  judgeOf<ReviewFacts>()(reviewFacts, (facts) => judgeByRules(box, basis, contextOfReview(facts)));
