import { markerOf, mostInComment, nothingChanged, renderComment } from '#local/pull-request/comment';
import { isReportFine } from '#local/pull-request/report';
import { hostileTexts } from '#test/support/hostile';
import { finding, folder, migration, reportOf, result } from './a-report';

const marker = markerOf('migrations');
const links = {
  files: 'https://github.com/acme/shop/blob/abc',
  rules: 'https://github.com/acme/tool/blob/v1/docs/rules',
};
const rendered = (report: ReturnType<typeof reportOf>) => renderComment(report, { marker, links, most: mostInComment });

test('locks, rollback, what is missing in it, findings with their safe way, and what was let pass', () => {
  const report = reportOf([
    migration(
      [finding({ safeWay: 'SELECT 1;' }), finding({ rule: 'json-not-jsonb', severity: 'note' })],
      result({ rollback: 'differs', differences: ['- INDEX a'], restoringSql: ['CREATE INDEX a ON b (c)'] }),
      {
        outlook: [
          { table: 'public.users', mode: 'ShareLock', waits: 'writers', line: 2, heldMs: 12_000, rows: 3_000_000 },
        ],
      },
    ),
  ]);
  const [only] = report.folders;
  const review = only?.migrations[0]?.review;
  Object.assign(review ?? {}, { passed: [{ ...finding({ rule: 'table-rewrite' }), because: 'it is small' }] });

  const lines = rendered(report).split('\n');

  expect(lines[0]).toBe('<!-- migration-checklist: migrations -->');
  expect(lines).toEqual(
    expect.arrayContaining([
      '## ❌ 1 migration: it needs a change',
      '| ❌ | `7_a` | 1 stop | writers of `public.users`: about 12.0 s | ok | differs |',
      '### ❌ [`db/7_a.sql`](https://github.com/acme/shop/blob/abc/db/7_a.sql)',
      '| `public.users` | ShareLock | writers | about 12.0 s | 3,000,000 rows | [2](https://github.com/acme/shop/blob/abc/db/7_a.sql#L2) |',
      '🛑 **stop**, [line 3](https://github.com/acme/shop/blob/abc/db/7_a.sql#L3) · [`rows-truncated`](https://github.com/acme/tool/blob/v1/docs/rules/rows-truncated.md): TRUNCATE removes all rows of public.users',
      '<details><summary>The safe way</summary>',
      'SELECT 1;',
      '<details><summary>1 note</summary>',
      '- [`table-rewrite`](https://github.com/acme/tool/blob/v1/docs/rules/table-rewrite.md) (stop, line 3): it is small',
      '❌ Applied in the rehearsal. **Rollback: differs**',
      '- \\- INDEX a',
      'CREATE INDEX a ON b (c);',
      '- Rehearsed on an embedded PostgreSQL 17.10: up, down and up again.',
    ]),
  );
});

test('a migration that nothing stops is told so', () => {
  expect(rendered(reportOf([migration()]))).toContain('## ✅ 1 migration: nothing that stops');
});

test.each([
  ['a rollback that fails', reportOf([migration([], result({ rollback: 'fails' }))])],
  ['a finding of stop', reportOf([migration([finding()])])],
  ['a finding of warn, where that counts', reportOf([migration([finding({ severity: 'warn' })])], { isStrict: true })],
  ['a folder that its tool refuses', reportOf([migration()], { unreadable: [{ folder: 'db', because: 'twice' }] })],
  [
    'a later migration that fails',
    reportOf([], { folders: [folder([migration()], { others: [result({ up: 'error' })] })] }),
  ],
  ['a rehearsal that broke', reportOf([], { folders: [folder([migration([], null)], { isRehearsalBroken: true })] })],
])('%s is not fine, and the head says so', (_, report) => {
  expect(isReportFine(report)).toBe(false);
  expect(rendered(report)).toContain('## ❌');
});

test('a finding of warn alone, or a missing rollback that is allowed, is fine', () => {
  expect(isReportFine(reportOf([migration([finding({ severity: 'warn' })])]))).toBe(true);
  expect(isReportFine(reportOf([migration([], result({ rollback: 'missing' }))], { allowsMissing: true }))).toBe(true);
});

test('a comment is never longer than GitHub takes, and says how much it leaves out', () => {
  const long = 'x'.repeat(5_000);
  const findings = Array.from({ length: 60 }, () => finding({ message: long, safeWay: `SELECT '${long}';` }));
  const one = migration(findings, result({ rollback: 'differs', differences: Array.from({ length: 90 }, () => long) }));
  const many = Array.from({ length: 40 }, () => one);

  for (const report of [
    reportOf([one]),
    reportOf(many),
    reportOf(many, { passedOver: Array.from({ length: 3_000 }, () => long) }),
  ]) {
    const body = rendered(report);
    expect(body.length).toBeLessThanOrEqual(mostInComment);
    expect(body.length).toBeGreaterThan(20_000);
    expect(body).toMatch(/… and .* more/);
    // No block is cut open.
    expect(body.match(/<details>/g)?.length).toBe(body.match(/<\/details>/g)?.length);
    expect((body.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
  }
});

test('no text of a pull request is more than text in its comment', () => {
  const texts = [
    ...hostileTexts.map(([, text]) => text),
    '```\n</details><script>alert(1)</script>',
    'a | b | c',
    '@acme/everyone',
    '<!-- migration-checklist: migrations -->',
  ];
  for (const text of texts) {
    const all = finding({ message: text, remedy: text, safeWay: text, file: text });
    const report = reportOf(
      [
        migration(
          [all, { ...all, severity: 'note' }],
          result({
            migration: text,
            rollback: 'differs',
            differences: [text],
            restoringSql: [text],
            notes: [text],
            error: { phase: 'down', sqlState: null, file: text, line: 1, message: text },
          }),
          {
            review: {
              migration: text,
              file: text,
              statements: 1,
              findings: [all],
              passed: [{ ...all, because: text }],
            },
            outlook: [{ table: text, mode: 'ShareLock', waits: 'writers', line: 2, heldMs: null, rows: null }],
          },
        ),
      ],
      { removed: [text], passedOver: [text], remarks: [text], unreadable: [{ folder: text, because: text }] },
    );

    const outside = rendered(report)
      .replaceAll(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '')
      .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');

    expect(outside.replaceAll(/<\/?(?:details|summary|br)>/g, '').slice(marker.length)).not.toMatch(/<[a-z!/]/i);
    expect(outside).not.toMatch(/(?<![\\\w])@\w/);
    // Every row of a table has the head's cells.
    for (const row of outside.split('\n').filter((line) => line.startsWith('| ')))
      expect(row.replaceAll('\\|', '').split('|').length - 2).toBe(6);
  }
});

test('where nothing is left to say, that is said under the same marker', () => {
  expect(nothingChanged(marker)).toMatch(
    /^<!-- migration-checklist: migrations -->\n\n✅ This pull request changes no migration any more/,
  );
});
