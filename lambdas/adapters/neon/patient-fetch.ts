/** A fetch that waits while Neon is busy, so that no caller has to: the SDK retries only some of its calls, and those twice. */
import { setTimeout as sleep } from 'node:timers/promises';

export type Patience = {
  /** The first wait is at most this, each further one at most twice as long as the one before. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly attempts: number;
  /** For one attempt: from the request to the end of the answer's head. */
  readonly requestTimeoutMs: number;
  /** Aborts requests and waits. */
  readonly signal?: AbortSignal;
};

/**
 * 423: another operation of the project is running; 429: too many requests; 503: overloaded. Neon's API document calls
 * them safe to repeat, whatever the method.
 */
const repeatableStatuses: readonly number[] = [423, 429, 503];

/** Neon's document allows a retry after no answer; deleting a branch twice is harmless, since Neon never reuses ids. */
const repeatableMethods: readonly string[] = ['GET', 'DELETE'];

/** Null when the answer asks for no particular wait. */
const askedDelayMs = (response: Response): number | null => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
};

export const createPatientFetch = (patience: Patience): typeof fetch => {
  // Full jitter: two runs that met once should not meet again.
  const delayMs = (attempt: number) =>
    Math.random() * Math.min(patience.maxDelayMs, patience.firstDelayMs * 2 ** (attempt - 1));

  return async (input, init) => {
    const asked = new Request(input, init);
    const request = patience.signal
      ? new Request(asked, { signal: AbortSignal.any([asked.signal, patience.signal]) })
      : asked;
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= patience.attempts;
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(patience.requestTimeoutMs)]);
      try {
        const response = await fetch(request.clone(), { signal });
        const waitMs = Math.max(askedDelayMs(response) ?? 0, delayMs(attempt));
        // A longer wait belongs outside the function: the state machine retries the step.
        if (isLast || !repeatableStatuses.includes(response.status) || waitMs > patience.maxDelayMs) return response;
        await response.body?.cancel();
        await sleep(waitMs, undefined, { signal: request.signal });
      } catch (error) {
        if (isLast || request.signal.aborted || !repeatableMethods.includes(request.method)) throw error;
        await sleep(delayMs(attempt), undefined, { signal: request.signal });
      }
    }
  };
};
