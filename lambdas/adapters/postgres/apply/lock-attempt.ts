/** One attempt at the locks of a migration: a short wait, measured, and what the pause after it lacks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LockNotAvailable } from '#domain/errors';
import { lockTimeoutOf, missingPauseMs } from '#domain/locks/lock-attempts';
import type { LockAttempts, StatementLimits } from '#lambdas/ports/database';

/**
 * The work gets limits with the attempt's own lock timeout. When it did not get its locks, the error says when that attempt began
 * and how long it stalled its tables, and comes after a pause where the workflow's own pause would be too short.
 */
export const inLockAttempt = async <T>(
  limits: StatementLimits,
  attempts: LockAttempts | undefined,
  work: (limits: StatementLimits) => Promise<T>,
): Promise<T> => {
  if (!attempts) return work(limits);
  const { number, before } = attempts;
  const lockTimeoutMs = lockTimeoutOf(number, limits.lockTimeoutMs);
  try {
    return await work({ ...limits, lockTimeoutMs, isBlockedBefore: number > 0 });
  } catch (error) {
    if (!(error instanceof LockNotAvailable)) throw error;
    error.lockTimeoutMs = lockTimeoutMs;
    error.beganAt = new Date(Date.now() - error.stalledMs).toISOString();
    const { beganAt: at, stalledMs } = error;
    await sleep(missingPauseMs([...before, { at, stalledMs, lockTimeoutMs }], number, limits.lockTimeoutMs));
    throw error;
  }
};
