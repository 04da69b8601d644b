/** A route's answer, and how it is written to the response. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { asTyped } from '#command-line/as-typed';
import { html } from '#domain/html/html';
import { pageHeaders, renderPage } from '#domain/html/page';
import type { HttpResponse } from '#lambdas/runtime/http';
import type { Refusal } from './guards';
import { navigation } from './navigation';

/** A page that is rendered now: it names commands as whoever started this process types them. */
export const answerPage = (body: string, status = 200): HttpResponse => ({
  status,
  headers: pageHeaders({ scripts: true }),
  body: asTyped(body),
});

/** A page that shows a document of the store, whose words stay what they are. */
export const answerDocument = (body: string): HttpResponse => ({ ...answerPage(''), body });

/** An answer of the approval pages, on this machine. */
export const rendered = (response: HttpResponse): HttpResponse => ({ ...response, body: asTyped(response.body) });

export const answerText = (body: string, contentType: string): HttpResponse => ({
  status: 200,
  headers: { ...pageHeaders(), 'content-type': `${contentType}; charset=utf-8` },
  body,
});

/** A page that was written earlier and may carry an older style sheet: the policy allows exactly the one that it carries. */
export const answerStoredPage = (body: string): HttpResponse => {
  const hashes = [...body.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(
    ([, style]) =>
      `'sha256-${createHash('sha256')
        .update(style ?? '')
        .digest('base64')}'`,
  );
  const policy = [
    "default-src 'none'",
    `style-src ${hashes.join(' ') || "'none'"}`,
    'img-src data:',
    "base-uri 'none'",
  ];
  return {
    status: 200,
    headers: { ...pageHeaders(), 'content-security-policy': [...policy, "frame-ancestors 'none'"].join('; ') },
    body,
  };
};

export const answerRefusal = ({ status, title, sentence }: Refusal): HttpResponse =>
  answerPage(renderPage({ title, navigation, body: html`<h1>${title}</h1><p>${sentence}</p>` }), status);

export const notFound = (): HttpResponse =>
  answerRefusal({ status: 404, title: 'Not found', sentence: 'There is nothing at this address.' });

/** A HEAD request gets the headers alone. */
export const send = (response: ServerResponse, method: string, { status, headers, body }: HttpResponse): void => {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.end(method === 'HEAD' ? undefined : bytes);
};
