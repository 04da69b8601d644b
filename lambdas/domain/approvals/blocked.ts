/** Who keeps a migration from its locks, as the people read it who can end that: the root blocker first, and how often it was tried. */
import { factsIn } from '#domain/boxes/facts';
import type { EvidenceDocument } from '#domain/evidence/document';
import { attemptsOfLastRound, lockAttemptsInWords } from '#domain/locks/lock-attempts';

export type Blocked = {
  /** In words, each with the command that ends it; the first one waits for nobody. Empty where nobody was seen. */
  readonly blockers: readonly string[];
  /** How often it was tried, and for which share of the time tables were stalled by that; a clause. */
  readonly tried: string;
};

/** Of the last round of the state whose document this is; null where it has measured no attempt. */
export const blockedIn = (
  documents: readonly EvidenceDocument[],
  name: '08-apply-migration' | 'roll-back',
): Blocked | null => {
  const attempts = attemptsOfLastRound(factsIn(documents, name).lockAttempts ?? []);
  const tried = lockAttemptsInWords(attempts);
  return tried === null
    ? null
    : { tried, blockers: attempts.findLast(({ blockers }) => blockers.length > 0)?.blockers ?? [] };
};

export const nobodySeen = 'nobody was seen: each one was gone again before it could be looked at';
