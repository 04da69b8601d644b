/** Which errors a Retry or Catch matches, and how long a retry waits. */
import type { Retrier } from './definition';
import type { Failure } from './errors';

// These end the execution; AWS's developer guide, "Handling errors": States.ALL does not match them, Runtime is never matched.
const unmatchedByWildcards = new Set(['States.Runtime', 'States.DataLimitExceeded']);

const matches = (name: string, failure: Failure): boolean => {
  const { error } = failure;
  if (error === 'States.Runtime') return false;
  if (name === error) return true;
  if (name === 'States.HeartbeatTimeout') return failure.isHeartbeat === true;
  if (error !== undefined && unmatchedByWildcards.has(error)) return false;
  if (name === 'States.ALL') return true;
  return name === 'States.TaskFailed' && error !== 'States.Timeout';
};

/** Index of the first one that matches; -1 when none does. */
export const findMatcher = (matchers: readonly { readonly ErrorEquals: readonly string[] }[], failure: Failure) =>
  matchers.findIndex(({ ErrorEquals }) => ErrorEquals.some((name) => matches(name, failure)));

// AWS's defaults.
const defaults = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3, JitterStrategy: 'NONE' } as const;

export const mostAttempts = (retrier: Retrier) => retrier.MaxAttempts ?? defaults.MaxAttempts;

/** Before the given retry, 1 for the first; jitter spreads it over zero to the whole delay. */
export const retryDelayMs = (retrier: Retrier, retry: number, random: () => number): number => {
  const { IntervalSeconds, BackoffRate, JitterStrategy } = { ...defaults, ...retrier };
  const seconds = Math.min(IntervalSeconds * BackoffRate ** (retry - 1), retrier.MaxDelaySeconds ?? Infinity);
  return Math.round(seconds * 1_000 * (JitterStrategy === 'FULL' ? random() : 1));
};
