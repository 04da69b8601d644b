/** Asks AWS who has signed a request: the caller's own GetCallerIdentity, passed on as it is. It needs no permission of ours. */
import { identityBody } from '#domain/approvals/caller-proof';
import { PlatformFailed } from '#domain/errors';
import type { Callers } from '#lambdas/ports/people';

/** `endpoint` is AWS's, never the caller's. */
export const createStsCallers = (endpoint: string): Callers => ({
  identify: async (headers) => {
    const answer = await fetch(`${endpoint}/`, {
      ...{ method: 'POST', headers, body: identityBody, redirect: 'error' },
      signal: AbortSignal.timeout(5_000),
    }).catch((cause: unknown) => {
      throw new PlatformFailed(`${endpoint} did not say who has called: ${(cause as Error).message}`, { cause });
    });
    const text = await answer.text();
    if (answer.status >= 500)
      throw new PlatformFailed(`${endpoint} did not say who has called: it answered ${answer.status}`);
    return answer.status === 200 ? (/<Arn>([^<]+)<\/Arn>/.exec(text)?.[1] ?? null) : null;
  },
});
