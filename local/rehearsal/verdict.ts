/** The verdict on a rehearsed migration: what differs after down, and what differs after going up again. */
import type { Catalog } from '#domain/catalog/catalog';
import type { RollbackVerdict } from '#domain/catalog/grade';
import { gradeWayBack } from '#domain/catalog/way-back';
import type { RehearsalVerdict } from './result';
import type { Restoration } from './try-restoration';

export type GradedRehearsal = {
  readonly verdict: RehearsalVerdict;
  readonly differences: readonly string[];
  readonly restoringSql: readonly string[];
  /** The parts that have to be written by hand, one sentence each. */
  readonly notes: readonly string[];
};

/** From best to worst. */
const ranks: readonly RehearsalVerdict[] = ['exact', 'harmless', 'irreversible by design', 'differs', 'fails'];

const worseOf = (one: RehearsalVerdict, other: RehearsalVerdict): RehearsalVerdict =>
  ranks.indexOf(one) < ranks.indexOf(other) ? other : one;

export type Snapshots = {
  readonly before: Catalog;
  readonly afterUp: Catalog;
  readonly afterDown: Catalog;
  /** Null when going up again failed. */
  readonly afterUpAgain: Catalog | null;
};

// What PostgreSQL cannot take back makes a second up fail as well; a schema that is not restored explains more than
// the error that it causes.
const explainsFailure: readonly RollbackVerdict[] = ['irreversible by design', 'differs'];

/** `restoration` is what came of trying the SQL that restores the schema; null when it was not tried. */
export const gradeRehearsal = (
  { before, afterUp, afterDown, afterUpAgain }: Snapshots,
  restoration: Restoration | null,
): GradedRehearsal => {
  const { verdict, differences, byHand } = gradeWayBack(before, afterDown);
  const restoringSql = restoration?.sql ?? [];
  // The parts that have no SQL say more than what the rest of it leaves.
  const notes = byHand.length > 0 ? byHand : restoration?.failure ? [restoration.failure] : [];
  if (!afterUpAgain)
    return {
      verdict: explainsFailure.includes(verdict) ? verdict : 'fails',
      differences,
      restoringSql,
      notes,
    };
  const again = gradeWayBack(afterUp, afterUpAgain);
  // A column that down restored at the end of its table differs after the second up too, so it is listed once.
  const more = again.verdict === 'differs' ? again.differences : [];
  return {
    verdict: worseOf(verdict, again.verdict),
    differences: [...differences, ...more.map((text) => `after up again: ${text}`)],
    restoringSql,
    notes,
  };
};
