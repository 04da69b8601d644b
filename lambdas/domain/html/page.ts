/** The frame of every page: head, headline and main part. */
import { Html, type HtmlPart, html } from './html';
import { styleHash, styleSheet } from './style';

export type Page = {
  readonly title: string;
  readonly body: Html;
  /** Links in the head of the page; none on AWS, where the approval is the only page there is. */
  readonly navigation?: readonly { readonly href: string; readonly text: string }[];
  /** Same-origin path of the page's script; null for a page without. */
  readonly script?: string | null;
};

export const renderPage = ({ title, body, navigation = [], script = null }: Page): string =>
  `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(styleSheet)}</style>
${script && html`<script src="${script}" defer></script>`}
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><strong>Migration checklist</strong>${navigation.map(({ href, text }) => html`<a href="${href}">${text}</a>`)}</header>
<main id="main">${body}</main>
</body>
</html>`}\n`;

/** Headers of every page. Nothing may be loaded, kept, framed or sent on, save what is named here. */
export const pageHeaders = ({
  scripts = false,
}: {
  readonly scripts?: boolean;
} = {}): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${styleHash}`,
    'img-src data:',
    ...(scripts ? ["script-src 'self'", "connect-src 'self'"] : []),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'x-robots-tag': 'noindex',
});

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'plain';

/** A word with a colour; the word alone says it all. */
export const tag = (word: string, tone: Tone): Html => html`<span class="tag ${tone}">${word}</span>`;

/** Name and value pairs; those without a value are left out. */
export const factList = (facts: readonly (readonly [string, HtmlPart])[]): Html =>
  html`<dl class="facts">${facts
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

/** Code with line numbers, which copying leaves out; scrolls by itself, also by keyboard. */
export const numberedLines = (text: string, label: string): Html =>
  html`<pre class="numbered" tabindex="0" role="region" aria-label="${label}">${text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => html`<span>${line || ' '}</span>`)}</pre>`;

/** `2026-11-22 08:00 UTC`. */
export const formatTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** `12 ms`, `3.4 s`, `2 min 5 s`, `1 h 3 min`. */
export const formatDuration = (durationMs: number): string => {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
};
