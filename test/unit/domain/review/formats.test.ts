import { readdirSync } from 'node:fs';
import path from 'node:path';
import { besideRules } from '#domain/review/beside-rules';
import type { ReviewReport } from '#domain/review/formats/format';
import { github } from '#domain/review/formats/github';
import { gitlab } from '#domain/review/formats/gitlab';
import { json } from '#domain/review/formats/json';
import { sarif } from '#domain/review/formats/sarif';
import { text } from '#domain/review/formats/text';
import type { ReviewFinding } from '#domain/review/review-migration';
import { rules } from '#domain/review/rules';

const finding = (changes: Partial<ReviewFinding> = {}): ReviewFinding => ({
  rule: 'rows-truncated',
  severity: 'stop',
  file: '7_a b.sql',
  line: 3,
  message: 'TRUNCATE removes all rows of public.users',
  remedy: 'Move them first.',
  safeWay: null,
  ...changes,
});

const hostile = finding({ message: 'table "a%\n::error::forged, \u202e"', file: 'x,y:z.sql', line: null });

const report = (...findings: readonly ReviewFinding[]): ReviewReport => ({
  prefix: 'db/',
  showsNotes: false,
  pages: 'docs/rules',
  reviews: [
    { migration: '7_a', file: '7_a b.sql', statements: 1, findings, passed: [{ ...finding(), because: 'a cache' }] },
  ],
});

test('text: the worst first, the remedy and the safe way beside it, notes counted', () => {
  const way = finding({ safeWay: 'SELECT 1;\nSELECT 2;' });

  expect(
    text(report(way, { ...way, rule: 'table-rewrite' }, finding({ rule: 'json-not-jsonb', severity: 'note' }))),
  ).toBe(
    [
      '✗ 7_a',
      '  stop  db/7_a b.sql:3  TRUNCATE removes all rows of public.users',
      '        rows-truncated: Move them first.',
      '        SELECT 1;',
      '        SELECT 2;',
      '  stop  db/7_a b.sql:3  TRUNCATE removes all rows of public.users',
      '        table-rewrite: Move them first.',
      '  pass  rows-truncated in line 3: a cache',
      '  note  1 note: json-not-jsonb 1',
      '1 migration: 2 stop, 0 warn, 1 note',
      'each rule has a page with an example: docs/rules/<rule>.md',
    ].join('\n'),
  );
});

test('text: no name makes a line of its own', () => {
  expect(text(report(hostile)).split('\n')).toHaveLength(6);
});

test('GitHub: one command per finding, and no text of the file is a command', () => {
  expect(github(report(finding(), hostile)).split('\n')).toEqual([
    '::error file=db/7_a b.sql,line=3,title=rows-truncated::TRUNCATE removes all rows of public.users%0AMove them first.',
    '::error file=db/x%2Cy%3Az.sql,title=rows-truncated::table "a%25%0A::error::forged, [U+202E]"%0AMove them first.',
  ]);
});

test('GitLab: each finding has a fingerprint of its own, which stays from run to run', () => {
  const found = JSON.parse(gitlab(report(finding(), finding(), hostile))) as {
    fingerprint: string;
    severity: string;
  }[];

  expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  expect(gitlab(report(finding()))).toBe(gitlab(report(finding({ line: 9 }))).replace('"begin": 9', '"begin": 3'));
  expect(found[0]).toMatchObject({ severity: 'critical', location: { path: 'db/7_a b.sql', lines: { begin: 3 } } });
});

test('SARIF: each result names a rule that the driver describes; what passes is suppressed with its reason', () => {
  const { version, runs } = JSON.parse(sarif(report(finding(), hostile)));
  const [{ tool, results }] = runs;

  expect(version).toBe('2.1.0');
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(rules.map(({ id }) => id)),
  );
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
  expect(results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'db/7_a%20b.sql' },
    region: { startLine: 3 },
  });
  expect(results[2].suppressions).toEqual([{ kind: 'inSource', justification: 'a cache' }]);
});

test('JSON: everything that was found, notes too', () => {
  const [review] = JSON.parse(json(report(finding({ severity: 'note' }))));

  expect(review).toMatchObject({ file: 'db/7_a b.sql', findings: [{ file: 'db/7_a b.sql', severity: 'note' }] });
  expect(review.findings[0].page).toBe('docs/rules/rows-truncated.md');
});

test('every finding that a review makes leads to a page that is there, with or without a rule', () => {
  const there = readdirSync(path.resolve(__dirname, '../../../../docs/rules'));

  for (const { id, severity, remedy } of [...rules, ...besideRules]) {
    expect(there).toContain(`${id}.md`);
    expect(severity).toMatch(/^(?:stop|warn|note)$/);
    expect(remedy).toMatch(/\.$/);
  }
});

test('SARIF: an address leads to the page, a folder on this machine does not; the safe way stands in the message', () => {
  const found = report(finding({ safeWay: 'SELECT 1;' }));
  const driverOf = (pages: string) => JSON.parse(sarif({ ...found, pages })).runs[0];
  const [online, here] = [driverOf('https://example.org/rules'), driverOf('docs/rules')];
  const rule = rules.findIndex(({ id }) => id === 'rows-truncated');

  expect(online.tool.driver.rules[rule].helpUri).toBe('https://example.org/rules/rows-truncated.md');
  expect(here.tool.driver.rules[rule]).not.toHaveProperty('helpUri');
  expect(online.results[0].message.text).toContain('\nSELECT 1;');
});
