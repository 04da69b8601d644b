/** Entries of a catalog difference as lines that came, went and changed. */
import { type Html, html } from './html';

/** Of an entry's own sign, or that of a line within a definition. */
const tones: Readonly<Record<string, string>> = { '+': 'came', '-': 'went', '~': 'changed' };

const lineView = (line: string): Html =>
  html`<span class="${tones[line.trimStart()[0] ?? ''] ?? ''}">${line || ' '}</span>`;

/** `label` names it for screen readers. */
export const differenceView = (entries: readonly string[], label: string): Html =>
  html`<pre class="difference" tabindex="0" role="region" aria-label="${label}">${entries
    .flatMap((entry) => entry.split('\n'))
    .map(lineView)}</pre>`;
