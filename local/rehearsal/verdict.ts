/** Judges a rehearsed way back: what differs after down, and what differs after going up again. */
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { explainDifference, type RollbackVerdict } from '#domain/catalog/grade';
import { type Restoration, restoringSql } from '#domain/catalog/restoring-sql';
import type { RehearsalVerdict } from './result';

export type Judgement = {
  readonly verdict: RehearsalVerdict;
  readonly differences: readonly string[];
  readonly restoringSql: readonly string[];
  /** What of it has to be written by hand, a sentence each. */
  readonly notes: readonly string[];
};

/** From best to worst. */
const ranks: readonly RehearsalVerdict[] = ['exact', 'harmless', 'irreversible by design', 'differs', 'fails'];

const worseOf = (one: RehearsalVerdict, other: RehearsalVerdict): RehearsalVerdict =>
  ranks.indexOf(one) < ranks.indexOf(other) ? other : one;

const judge = (before: Catalog, after: Catalog) => {
  const difference = differenceOf(before, after);
  const { verdict, harmless, irreversible, rest } = explainDifference(difference);
  return {
    verdict,
    rest,
    differences: [
      ...describeDifference(rest),
      ...harmless.map(({ text }) => `harmless: ${text}`),
      ...irreversible.map(({ text }) => `irreversible by design: ${text}`),
    ],
  };
};

export type Snapshots = {
  readonly before: Catalog;
  readonly afterUp: Catalog;
  readonly afterDown: Catalog;
  /** Null when going up again failed. */
  readonly afterUpAgain: Catalog | null;
};

// What PostgreSQL cannot take back is in the way of a second up as well; a schema that is not restored explains more than
// the error that comes of it.
const explainsFailure: readonly RollbackVerdict[] = ['irreversible by design', 'differs'];

const byHand = ({ kind, identity }: Restoration) =>
  `what puts ${kind.toUpperCase()} ${identity} back has to be written by hand`;

export const judgeRehearsal = ({ before, afterUp, afterDown, afterUpAgain }: Snapshots): Judgement => {
  const back = judge(before, afterDown);
  const restorations = restoringSql(back.rest);
  const facts = {
    differences: back.differences,
    restoringSql: restorations.flatMap(({ statements }) => statements ?? []),
    notes: restorations.filter(({ statements }) => statements === null).map(byHand),
  };
  if (!afterUpAgain) return { verdict: explainsFailure.includes(back.verdict) ? back.verdict : 'fails', ...facts };
  const again = judge(afterUp, afterUpAgain);
  // A column that came back behind the others is where it was before for the second up too: told once.
  const told = again.verdict === 'differs' ? again.differences : [];
  return {
    ...facts,
    verdict: worseOf(back.verdict, again.verdict),
    differences: [...back.differences, ...told.map((text) => `after up again: ${text}`)],
  };
};
