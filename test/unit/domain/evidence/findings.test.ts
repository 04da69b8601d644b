import type { Finding } from '#domain/evidence/document';
import { findingsInWords, worstFirst } from '#domain/evidence/findings';
import { whole } from '#domain/html/extent';
import { findingsView } from '#domain/html/findings-view';
import { html } from '#domain/html/html';

const finding = (rule: string, differing: Partial<Finding> = {}): Finding => ({
  rule,
  message: `${rule} was found`,
  line: 1,
  ...differing,
});

const found: readonly Finding[] = [
  finding('a-convention', { severity: 'note', remedy: 'Name it.' }),
  finding('costs-later', { severity: 'warn', line: 9 }),
  finding('of-no-rule', { line: null }),
  finding('stops-late', { severity: 'stop', line: 7, safeWay: 'CREATE INDEX CONCURRENTLY a_b ON a (b) -- <fast>;' }),
  finding('stops-early', { severity: 'stop', line: 2 }),
];

test('what stops comes first, then by line; what has no severity stands with what costs somebody later', () => {
  expect(worstFirst(found).map(({ rule }) => rule)).toEqual([
    ...['stops-early', 'stops-late', 'of-no-rule', 'costs-later', 'a-convention'],
  ]);
});

test('findings are counted by severity, as far as they have one', () => {
  expect(findingsInWords(found)).toBe('5 findings: 2 stop, 1 warn, 1 note');
  expect(findingsInWords([finding('of-no-rule')])).toBe('1 finding');
  expect(findingsInWords([])).toBe('0 findings');
});

test('a page has the safe way beside the finding, and folds conventions', () => {
  const page = String(html`${findingsView(found, whole, '')}`);
  const [shown = '', folded = ''] = page.split('<summary>Conventions: 1</summary>');

  expect(shown).toMatch(
    /stops-early.*stops-late.*The safe way.*CONCURRENTLY a_b ON a \(b\) -- &lt;fast&gt;;.*of-no-rule/s,
  );
  expect(shown).not.toContain('a-convention');
  expect(folded).toMatch(/a-convention.*Name it\./s);
});

test('what a page has no room for is counted by rule', () => {
  const page = String(html`${findingsView(found, { ...whole, rows: 2 }, 'They are elsewhere.')}`);

  expect(page).toContain(
    '3 more are not on this page: of-no-rule 1 times, costs-later 1 times, a-convention 1 times. They are elsewhere.',
  );
});
