import { renderMarkdownReport } from '#domain/reports/markdown';
import { answer, stored } from '#test/support/documents';
import { report } from './a-report';

/** The cells of a row as a renderer of GitHub's tables parts them: at bars that no backslash escapes. */
const cellsOf = (line: string) =>
  (line.match(/(?:\\.|[^|\\])+/g) ?? []).map((cell) => cell.trim()).filter((cell) => cell !== '');

const rowsOf = (markdown: string) =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf);

const boxWith = (reason: string) =>
  rowsOf(
    renderMarkdownReport(
      report({ documents: [stored('01-code-review', [], { boxes: [answer('1.1', 'failed', reason)] })] }),
    ),
  ).find(([id]) => id === '1.1');

test('the title says what became of the migration, and what it is for', () => {
  expect(renderMarkdownReport(report())).toMatch(
    /^# Migration 002_create_notes\.sql: signed off with exceptions\n\nnotes of users\n\n/,
  );
});

test('a migration without purpose leaves no gap', () => {
  expect(renderMarkdownReport(report({ purpose: null }))).toMatch(
    /^# Migration 002_create_notes\.sql: signed off with exceptions\n\n## /,
  );
});

test('every box is a row of its step, with its evidence', () => {
  const markdown = renderMarkdownReport(report());

  expect(markdown).toContain('## Checklist: 4 boxes (1 failed, 1 open, 1 attested, 1 proved)');
  expect(markdown).toContain(
    '### Step 13: Test rollback\n\n| Box |  | Answer | Why | Evidence |\n| --- | --- | --- | --- | --- |\n| 13.1 | ran | **proved** | 13.1 was proved | runs/run-1/13-test-rollback.json |\n| 13.2 | reverted | **open** | the run ended before this was checked | – |\n',
  );
});

test.each([
  ['a bar', 'a | b', 'a \\| b'],
  ['a backslash before a bar', 'a \\| b', 'a \\\\\\| b'],
  ['line breaks', 'a\nb\r\n  c', 'a b c'],
  ['markup', '<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
  ['emphasis', 'count(*) and (*)', 'count(\\*) and (\\*)'],
  ['a link', '[x](http://e)', '\\[x\\](http\\://e)'],
  ['code', 'a `b', 'a \\`b'],
])('%s in a text stays text and inside its cell', (_, reason, escaped) => {
  expect(boxWith(reason)).toEqual(['1.1', 'first', '**failed**', escaped, 'runs/run-1/01-code-review.json']);
});

test('a label with angle brackets is shown whole', () => {
  expect(renderMarkdownReport(report())).toContain('| &lt;version&gt;\\_x |');
});

test('approvals, findings, timings and evidence are told', () => {
  const finding = { rule: 'key-not-named', message: 'no\nname', line: 2 };
  const [first, ...rest] = report({
    documents: [stored('a', [], { findings: [finding, { ...finding, line: null }] })],
  }).evidence;
  const markdown = renderMarkdownReport(
    report({ documents: [stored('a', [], { findings: [finding, { ...finding, line: null }] })] }),
  );

  expect(rest).toEqual([]);
  expect(markdown).toContain('- no name (key-not-named)\n- line 2: no name (key-not-named)\n');
  expect(markdown).toContain('| Title of a | 2026-11-22T08:00:00.000Z | 1500 ms |');
  expect(markdown).toContain(`| ${first?.key} | ${first?.sha256} |`);
  expect(renderMarkdownReport(report())).toContain(
    '| apply | approved | ada@example.org | 2026-11-22T08:30:00.000Z | read and found good |',
  );
});

test('where there is nothing, it says so', () => {
  const markdown = renderMarkdownReport(report({ documents: [] }));

  expect(markdown).toContain('## Approvals\n\nNone.');
  expect(markdown).toContain('## Findings\n\nNone.');
});
