import type { Probes } from '#lambdas/ports/people';
import { reasonWithoutUrl } from './failure-reason';

const refuse = (url: string): string | null => {
  if (!URL.canParse(url)) return 'not a URL';
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return `a URL of ${protocol}; expected http: or https:`;
  return username || password ? 'a URL with a name or password in it; leave them out' : null;
};

/**
 * GET by fetch. Redirects are not followed: the status is that of the URL which was declared. The body is not read.
 * 10 s: a health probe that takes longer is not healthy.
 */
export const createHttpProbes = ({ timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {}): Probes => ({
  get: async (url) => {
    const refusal = refuse(url);
    if (refusal) return { status: null, error: refusal, durationMs: 0 };
    const startedMs = performance.now();
    const elapsedMs = () => Math.round(performance.now() - startedMs);
    try {
      const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
      await response.body?.cancel();
      return { status: response.status, error: null, durationMs: elapsedMs() };
    } catch (error) {
      return { status: null, error: reasonWithoutUrl(error, timeoutMs), durationMs: elapsedMs() };
    }
  },
});
