/** The locks that a rollback takes, as its rehearsal has measured them, and who was seen in their way. */
import type { StatementRun } from '#domain/dry-run/measured';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { InTheWay, NeededLock } from '#domain/locks/in-the-way';
import { namesOfRounds } from '#domain/locks/rounds';
import { factsIn } from './facts';

export type FindBlockersFacts = {
  /** By which the rollback's locks are known. */
  readonly by: 'measured' | 'predicted';
  readonly locks: readonly NeededLock[];
  readonly inTheWay: InTheWay;
  /** What the function of Step 5 failed of, where it did not come to say it itself; only before the first question. */
  readonly backupFailure?: { readonly because: string; readonly error: string };
};

/** Long values have other names on a branch. */
const isNamedAlike = ({ relation }: NeededLock) => !relation.startsWith('pg_toast.');

const locksOf = (statements: readonly StatementRun[]): readonly NeededLock[] => [
  ...new Map(
    statements
      .flatMap(({ locks }) => locks)
      .filter(isNamedAlike)
      .map(({ relation, mode }) => [`${relation} ${mode}`, { relation, mode }]),
  ).values(),
];

/** Null where no rehearsal has run the rollback. */
export const measuredLocks = (documents: readonly EvidenceDocument[]): readonly NeededLock[] | null => {
  const { statements } = {
    ...factsIn(documents, '13-test-rollback'),
    ...factsIn(documents, 'rehearse-rollback'),
  };
  return statements ? locksOf(statements) : null;
};

/** Round 0 is before the first attempt. */
export const documentOfRound = (round: number) =>
  round === 0 ? 'find-blockers' : (namesOfRounds('find-blockers-again')[round - 1] ?? 'find-blockers');

/** The facts of the look before this round's question; empty where it could not be taken. */
export const blockersOfRound = (documents: readonly EvidenceDocument[], round: number): Partial<FindBlockersFacts> =>
  factsIn(documents, documentOfRound(round));

/** Why nobody could look; null where somebody has, or nobody was to. */
export const whyNotLooked = (documents: readonly EvidenceDocument[], round: number): string | null =>
  documents.findLast(({ name }) => name === documentOfRound(round))?.error?.message ?? null;
