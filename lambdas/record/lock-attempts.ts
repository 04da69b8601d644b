/** The attempts of a state at its locks, over all its calls: each call continues what its own document has of those before. */
import { LockNotAvailable } from '#domain/errors';
import { attemptsOfRound, type LockAttempt, lockAttemptsInWords } from '#domain/locks/lock-attempts';
import type { LockAttempts } from '#lambdas/ports/database';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readRecorded } from './evidence';

/** Of the run's document of this name: what an earlier call has put down; empty at the first one. */
const readEarlier = async (store: ArtifactStore, runId: string, name: string): Promise<readonly LockAttempt[]> =>
  ((await readRecorded(store, runId, name))?.document.facts['lockAttempts'] as readonly LockAttempt[] | undefined) ??
  [];

/** A state's call: the workflow's count of attempts, and how often people have let it be tried again. */
export type LockCall = {
  readonly runId: string;
  readonly name: string;
  readonly attempt: number | undefined;
  readonly round?: number | undefined;
};

/**
 * The work gets the attempt's number and those before it in its round. When it does not get its locks, the attempt is put down with the others,
 * and the message says for which share of the time the tables were stalled.
 */
export const withLockAttempts = async <T>(
  store: ArtifactStore,
  { runId, name, attempt, round = 0 }: LockCall,
  put: (attempts: readonly LockAttempt[]) => void,
  work: (attempts: LockAttempts) => Promise<T>,
): Promise<T> => {
  const before = await readEarlier(store, runId, name);
  if (before.length > 0) put(before);
  try {
    return await work({ number: attempt ?? 0, before: attemptsOfRound(before, round) });
  } catch (error) {
    if (error instanceof LockNotAvailable && error.beganAt !== '') {
      const { beganAt: at, stalledMs, lockTimeoutMs, blockers } = error;
      const attempts = [...before, { at, stalledMs, lockTimeoutMs, blockers, round }];
      put(attempts);
      error.message += `; ${lockAttemptsInWords(attemptsOfRound(attempts, round))}`;
    }
    throw error;
  }
};
