/** `/evidence/<key>`: documents of the store, to read. */
import { sealMark } from '#domain/approvals/seal';
import { html } from '#domain/html/html';
import { numberedLines, renderPage } from '#domain/html/page';
import type { ArtifactStore } from '#lambdas/ports/store';
import { navigation } from './navigation';

const validKey = /^runs(\/[A-Za-z0-9._-]+)+\.(json|sql|md)$/;

/** Runs' documents only: dumps hold everybody's rows, and approvals hold hashes and sealed tokens. */
const isReadable = (key: string) =>
  validKey.test(key) && !key.split('/').some((segment) => ['approvals', '.', '..'].includes(segment));

/** Null when there is no such document, or when it may not be shown. */
export const readDocument = async (store: ArtifactStore, key: string): Promise<string | null> => {
  if (!isReadable(key)) return null;
  const text = (await store.read(key))?.toString('utf8') ?? null;
  // A sealed token is never shown, in whichever document it is.
  return text?.includes(sealMark) ? null : text;
};

const prettyJson = (text: string): string => JSON.stringify(JSON.parse(text), null, 2);

export const evidencePage = (key: string, text: string): string => {
  const runId = key.split('/')[1] ?? '';
  return renderPage({
    title: key,
    navigation,
    body: html`<h1>Evidence</h1><p><code>${key}</code></p>
<p><a href="/runs/${runId}">Back to the run</a> · <a href="/raw/${key}">As it is stored</a></p>
${key.endsWith('.json') ? html`<pre tabindex="0" role="region" aria-label="${key}">${prettyJson(text)}</pre>` : numberedLines(text, key)}`,
  });
};
