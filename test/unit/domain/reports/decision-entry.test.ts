import { addDecision, type DecisionEntry } from '#domain/reports/decision-entry';

const entry = (differing: Partial<DecisionEntry> = {}): DecisionEntry => ({
  runId: 'run-1',
  version: '002',
  migration: '002_create_notes.sql',
  database: 'app',
  appliedAt: '2026-11-22T09:00:00.000Z',
  appliedBy: 'ada@example.org',
  durationMs: 1234,
  purpose: 'notes of users',
  rollbackTest: { answer: 'proved', reason: 'the catalog is the one of before' },
  ...differing,
});

const rendered = `<!-- run run-1 -->
### [2026-11-22] Migration 002: 002_create_notes.sql

- **Context**: notes of users
- **Decision**: applied as \`002_create_notes.sql\`, rollback tested before
- **Applied**: staging (app) on 2026-11-22T09:00:00.000Z, approved by ada@example.org
- **Execution time**: 1.234 s
`;

test.each([
  [
    { answer: 'failed', reason: '7 rows are not the ones of before' },
    'rollback tested before: 7 rows are not the ones of before',
  ],
  [null, 'rollback not tested'],
] as const)('what the test of the rollback said is told: %j', (rollbackTest, words) => {
  expect(addDecision(null, entry({ rollbackTest }))).toContain(`applied as \`002_create_notes.sql\`, ${words}\n`);
});

test('the first entry begins the document', () => {
  expect(addDecision(null, entry())).toBe(`# Decisions\n\n${rendered}`);
  expect(addDecision('', entry())).toBe(`# Decisions\n\n${rendered}`);
});

test.each(['# Ours', '# Ours\n', '# Ours\n\n\n'])('an entry goes to the end, after one empty line', (document) => {
  expect(addDecision(document, entry())).toBe(`# Ours\n\n${rendered}`);
});

test('the same run is entered once', () => {
  const once = addDecision('# Ours\n', entry());

  expect(addDecision(once, entry())).toBe(once);
  expect(addDecision(`${once}\nwords of somebody\n`, entry({ purpose: 'another' }))).toBe(
    `${once}\nwords of somebody\n`,
  );
});

test('another run of the same migration is another entry', () => {
  const twice = addDecision(addDecision(null, entry({ runId: 'run-10' })), entry());

  expect(twice.match(/^### /gm)).toHaveLength(2);
});

test('a purpose of several lines stays in its list item', () => {
  expect(addDecision(null, entry({ purpose: 'notes\n  of users' }))).toContain('- **Context**: notes of users\n');
});
