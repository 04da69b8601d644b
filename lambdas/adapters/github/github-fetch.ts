/** A fetch that waits where GitHub asks for it, and repeats what may be repeated, so that no caller has to. */
import { setTimeout as sleep } from 'node:timers/promises';

export type GitHubPatience = {
  readonly attempts: number;
  /** The first wait where GitHub names none; each further one is twice as long. */
  readonly firstDelayMs: number;
  /** A longer wait is not waited: the answer is handed on, and says when to come again. */
  readonly longestDelayMs: number;
  /** From the request to the end of the answer's head. */
  readonly requestTimeoutMs: number;
};

export const standardPatience: GitHubPatience = {
  attempts: 4,
  firstDelayMs: 500,
  // The secondary limits ask for a minute at most ("Best practices for using the REST API").
  longestDelayMs: 60_000,
  requestTimeoutMs: 30_000,
};

/** Null when the answer asks for no wait: then a 403 is a refusal. */
const askedDelayMs = ({ headers }: Response, nowMs: number): number | null => {
  const seconds = headers.get('retry-after');
  if (seconds !== null && /^\d+$/.test(seconds)) return Number(seconds) * 1_000;
  const reset = headers.get('x-ratelimit-reset');
  if (headers.get('x-ratelimit-remaining') !== '0' || reset === null) return null;
  return Math.max(0, Number(reset) * 1_000 - nowMs);
};

/** What GitHub did with a request of another method before it failed is not known. */
const isRepeatable = (method: string) => method === 'GET' || method === 'PUT' || method === 'PATCH';

export const createGitHubFetch = (patience: GitHubPatience): typeof fetch => {
  const ownDelayMs = (attempt: number) => patience.firstDelayMs * 2 ** (attempt - 1);

  const delayAfter = (response: Response, method: string, attempt: number): number | null => {
    if (response.status === 429 || response.status === 403) return askedDelayMs(response, Date.now());
    return response.status >= 500 && isRepeatable(method) ? ownDelayMs(attempt) : null;
  };

  return async (input, init) => {
    const request = new Request(input, init);
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= patience.attempts;
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(patience.requestTimeoutMs)]);
      try {
        const response = await fetch(request.clone(), { signal });
        const delayMs = delayAfter(response, request.method, attempt);
        if (isLast || delayMs === null || delayMs > patience.longestDelayMs) return response;
        await response.body?.cancel();
        await sleep(delayMs);
      } catch (error) {
        if (isLast || request.signal.aborted || !isRepeatable(request.method)) throw error;
        await sleep(ownDelayMs(attempt));
      }
    }
  };
};
