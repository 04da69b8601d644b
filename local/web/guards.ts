/** Refuses requests that another site made this person's browser send. */
import type { IncomingHttpHeaders } from 'node:http';

export type Refusal = { readonly status: number; readonly title: string; readonly sentence: string };

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

const hostNameOf = (host: string) => host.replace(/:\d+$/, '').toLowerCase();

/** A page on the web can let its own name point here; the name stays in the Host header. */
const hasLoopbackHost = ({ host }: IncomingHttpHeaders) => host !== undefined && loopbackNames.has(hostNameOf(host));

/**
 * Programs send no Origin. A browser sends our own, or `null` for a form of a page with `Referrer-Policy: no-referrer`
 * (Fetch, "append a request Origin header"), and then says in Sec-Fetch-Site whether it was ours.
 */
const isOfSameOrigin = ({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders) =>
  origin === undefined || origin === `http://${host}` || (origin === 'null' && site === 'same-origin');

/** Null when the request may be answered. */
export const refusalOf = (method: string, headers: IncomingHttpHeaders): Refusal | null => {
  if (!hasLoopbackHost(headers))
    return { status: 421, title: 'Wrong host', sentence: 'This server answers to 127.0.0.1 and localhost only.' };
  if (!['GET', 'HEAD', 'POST'].includes(method))
    return { status: 405, title: 'Not allowed', sentence: 'Expected GET, HEAD or POST.' };
  if (method === 'POST' && !isOfSameOrigin(headers))
    return {
      status: 403,
      title: 'Not from here',
      sentence: 'The form was sent by another site. Open the page itself.',
    };
  return null;
};
