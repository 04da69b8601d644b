import { renderHtmlReport } from '#domain/reports/html-report';
import { renderMarkdownReport } from '#domain/reports/markdown';
import { answer, stored } from '#test/support/documents';
import { report } from './a-report';

const sql = "-- test: a rule refuses\n-- expect: 23514\nINSERT INTO t VALUES ('<b>');";

const untested = report({
  documents: [
    stored('10-test-constraints', [], {
      boxes: [
        {
          ...answer('10.2', 'open'),
          facts: {
            untested: [
              { rule: 'r', test: sql },
              { rule: 'event', test: '' },
            ],
          },
        },
      ],
    }),
  ],
});

test('a test to paste for each rule that no test has broken stands in both reports, as text', () => {
  expect(untested.testsToAdd).toEqual([sql]);
  expect(renderMarkdownReport(untested)).toContain(`## Tests to add\n\n\`\`\`sql\n${sql}\n`);
  expect(renderHtmlReport(untested)).toContain('INSERT INTO t VALUES (&#39;&lt;b&gt;&#39;)');
});

test('where every rule was tested, nothing is asked for', () => {
  expect(renderMarkdownReport(report())).not.toContain('Tests to add');
  expect(renderHtmlReport(report())).not.toContain('Tests to add');
});
