import { createHash } from 'node:crypto';
import { html } from '#domain/html/html';
import { formatDuration, numberedLines, pageHeaders, renderPage } from '#domain/html/page';

test('text is escaped in content and in attributes', () => {
  const evil = `<script>alert("1" & '2')</script>`;

  const markup = String(html`<p title="${evil}">${evil}</p>`);

  const escaped = '&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;';
  expect(markup).toBe(`<p title="${escaped}">${escaped}</p>`);
});

test('markup of a template goes in as it is, in lists too', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);

  expect(String(html`<ul>${items}</ul>`)).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
});

test('nothing leaves nothing, and zero is a number', () => {
  expect(String(html`[${null}${undefined}${false}${[]}${0}]`)).toBe('[0]');
});

test('the page allows exactly the style that it carries', () => {
  const page = renderPage({ title: 'A & B', body: html`<p>text</p>` });
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';

  const hash = createHash('sha256').update(style).digest('base64');
  expect(pageHeaders()['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  expect(page).toContain('<title>A &amp; B</title>');
  expect(page).not.toMatch(/\sstyle=|<script/);
});

test('a page without scripts allows none', () => {
  expect(pageHeaders()['content-security-policy']).not.toContain('script-src');
  expect(pageHeaders({ scripts: true })['content-security-policy']).toContain("script-src 'self'");
});

test('numbered lines are those of the file', () => {
  const lines = String(numberedLines('SELECT 1;\r\n\nSELECT 2;\n', 'SQL')).match(/<span>/g);

  expect(lines).toHaveLength(3);
});

test.each([
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [59_940, '59.9 s'],
  [125_000, '2 min 5 s'],
  [3_780_000, '1 h 3 min'],
])('%d ms reads %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
