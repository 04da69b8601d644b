/** The one verdict on a way back: what differs between before a migration and after its rollback, and what would put it back. */
import type { OutsideBetween } from '#domain/tables/outside-tables';
import { describeCollision, type SequencesDifference, sequencesDifference } from '#domain/tables/sequences';
import type { Catalog } from './catalog';
import { describeDifference } from './describe-difference';
import { differenceOf } from './difference';
import { gradeDifference, type RollbackVerdict } from './grade';
import { type Restoration, restoringSql } from './restoring-sql';

export type WayBack = {
  readonly verdict: RollbackVerdict;
  /** Readable entries, the worst first; empty when exact. */
  readonly differences: readonly string[];
  /** What the rollback left behind, by kind and identity; what the grading excuses is not among it. */
  readonly orphans: readonly string[];
  /** Statements that would put back what differs, in their order. */
  readonly restoringSql: readonly string[];
  /** What no SQL is known for, a sentence each. */
  readonly byHand: readonly string[];
};

/** What is still there, because PostgreSQL cannot take it back, cannot be added a second time either. */
export const canRunAgain = (verdict: RollbackVerdict): boolean => verdict === 'exact' || verdict === 'harmless';

const describeByHand = ({ kind, identity }: Restoration) =>
  `the SQL that restores ${kind.toUpperCase()} ${identity} has to be written by hand`;

/** From good to bad. */
const ranks: readonly RollbackVerdict[] = ['exact', 'harmless', 'irreversible by design', 'differs'];

const worseOf = (one: RollbackVerdict, other: RollbackVerdict) =>
  ranks.indexOf(one) < ranks.indexOf(other) ? other : one;

const verdictOnSequences = ({ differing, harmless }: SequencesDifference): RollbackVerdict =>
  differing.length > 0 ? 'differs' : harmless.length > 0 ? 'harmless' : 'exact';

/**
 * `outside` has the values of sequences; null where they were not read.
 *
 * @example
 * gradeWayBack(before, afterRollback)
 * // { verdict: 'differs', differences: ['- CREATE INDEX jobs_at_idx ON public.jobs …'], restoringSql: ['CREATE INDEX …'], … }
 */
export const gradeWayBack = (before: Catalog, after: Catalog, outside: OutsideBetween | null = null): WayBack => {
  const { verdict, harmless, irreversible, rest } = gradeDifference(differenceOf(before, after));
  const restorations = restoringSql(rest);
  const isMadeAgain = (sequence: string) =>
    rest.removed.some(({ kind, identity }) => kind === 'sequence' && identity === sequence);
  const sequences = outside && sequencesDifference(outside, isMadeAgain);
  return {
    verdict: sequences ? worseOf(verdict, verdictOnSequences(sequences)) : verdict,
    differences: [
      ...describeDifference(rest),
      ...(sequences?.differing ?? []),
      ...irreversible.map(({ text }) => `irreversible by design: ${text}`),
      ...[...harmless.map(({ text }) => text), ...(sequences?.harmless ?? [])].map((text) => `harmless: ${text}`),
      ...(sequences?.found ?? []).map(
        (collision) => `not of this migration, the target was so before: ${describeCollision(collision)}`,
      ),
    ],
    orphans: rest.added.map(({ kind, identity }) => `${kind} ${identity}`),
    restoringSql: [...restorations.flatMap(({ statements }) => statements ?? []), ...(sequences?.restoringSql ?? [])],
    byHand: restorations.filter(({ statements }) => statements === null).map(describeByHand),
  };
};

/** 10: a box is read by a person; all of them stand in its facts. */
const mostShown = 10;

/** Joined for people; the entries beyond the tenth are counted. */
export const firstEntries = (entries: readonly string[]) =>
  entries.length <= mostShown
    ? entries.join('; ')
    : `${entries.slice(0, mostShown).join('; ')}; and ${entries.length - mostShown} more`;

const isExact = 'the catalog after the rollback equals the catalog before the migration, exactly';

const missingInWords = ({ restoringSql: statements, byHand }: WayBack) => [
  ...(statements.length > 0 ? [`the rollback lacks: ${firstEntries(statements)}`] : []),
  ...byHand,
];

const differencesInWords = (way: WayBack): string =>
  [firstEntries(way.differences), ...(way.verdict === 'differs' ? missingInWords(way) : [])].join('; ');

/** As a clause: what differs, and the SQL that the rollback lacks. */
export const wayBackInWords = (way: WayBack): string => {
  if (way.verdict === 'exact') return isExact;
  return `${way.verdict === 'differs' ? 'differs: ' : ''}${differencesInWords(way)}`;
};

/** The same as a clause that needs nothing around it. */
export const comparisonInWords = (way: WayBack): string =>
  way.verdict === 'exact'
    ? isExact
    : `the catalog after the rollback differs from the catalog before the migration: ${differencesInWords(way)}`;
