import { renderHtmlReport } from '#domain/reports/html-report';
import { answer, stored } from '#test/support/documents';
import { report } from './a-report';

const hostile = '<script>alert("x")</script>';

test('nothing that comes from outside becomes markup', () => {
  const page = renderHtmlReport(
    report({
      purpose: hostile,
      cause: hostile,
      outcome: 'failed',
      documents: [
        stored('01-code-review', [], {
          title: hostile,
          boxes: [answer('1.1', 'failed', hostile)],
          findings: [{ rule: hostile, message: hostile, line: 1 }],
        }),
        stored('approve-apply', [], {
          facts: { stage: hostile, decision: 'rejected', by: hostile, at: '2026-11-22T08:30:00.000Z', reason: hostile },
        }),
      ],
    }),
  );

  expect(page).not.toContain('<script');
  // Purpose, cause, title, reason, issue, rule, message, stage, by and its reason: each is there, as text.
  expect(page.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;/g)?.length).toBeGreaterThanOrEqual(10);
  expect(page).toContain('&lt;version&gt;_x');
});

test('the page needs nothing else: no script, no address to load from', () => {
  const page = renderHtmlReport(report());

  expect(page).not.toMatch(/<script|<link[^>]+href="(?!data:)|src=|url\(/);
});

test('every box can be pointed at and wears its answer', () => {
  const page = renderHtmlReport(report());

  expect([...page.matchAll(/<li id="box-([\d.]+)">/g)].map(([, id]) => id)).toEqual(['1.1', '1.2', '13.1', '13.2']);
  expect(page).toContain('<span class="tag good">attested</span>');
  expect(page).toContain('<span class="tag bad">failed</span>');
  expect(page).toContain('<span class="tag warn">open</span>');
});

test('a failed run says why, once; a good one does not', () => {
  const failed = renderHtmlReport(report({ outcome: 'failed', cause: 'It failed for a reason.' }));

  expect(failed.match(/It failed for a reason\./g)).toHaveLength(1);
  expect(failed).toContain('<p class="note bad">It failed for a reason.</p>');
  expect(renderHtmlReport(report())).not.toContain('note bad');
});

test('counts leave out what did not occur', () => {
  const page = renderHtmlReport(report());

  expect(page).toContain('1 attested');
  expect(page).not.toContain('0 not applicable');
});

test('bars stand on one time axis, and lie inside it', () => {
  const page = renderHtmlReport(
    report({
      finishedAt: '2026-11-22T08:00:10.000Z',
      documents: [
        stored('a', [], { startedAt: '2026-11-22T08:00:00.000Z', finishedAt: '2026-11-22T08:00:05.000Z' }),
        stored('b', [], { startedAt: '2026-11-22T08:00:07.500Z', finishedAt: '2026-11-22T08:00:07.500Z' }),
      ],
    }),
  );

  expect(
    [...page.matchAll(/<rect x="([\d.]+)%" y="\d+" width="([\d.]+)%"/g)].map(([, x, width]) => [x, width]),
  ).toEqual([
    ['0', '50'],
    ['75', '0.3'],
  ]);
  expect([...page.matchAll(/text-anchor="(\w+)"/g)].map(([, anchor]) => anchor)).toEqual(['start', 'end']);
});

test('a run that ended at once draws a timeline all the same', () => {
  const page = renderHtmlReport(report({ finishedAt: '2026-11-22T08:00:00.000Z' }));

  expect(page).not.toMatch(/NaN|Infinity/);
});

test('it tells how the evidence is verified', () => {
  expect(renderHtmlReport(report())).toContain('npm run verify-evidence -- run-1');
});

test('issues stand one beneath the other', () => {
  const documents = [
    stored('01-code-review', [], { boxes: [answer('1.2', 'failed', 'bad name'), answer('1.1', 'failed', 'alone')] }),
  ];

  expect(renderHtmlReport(report({ documents }))).toMatch(/<li>1\.1: alone<\/li><li>1\.2: bad name<\/li>/);
});
