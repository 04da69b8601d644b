import { renderTeamMessage } from '#domain/reports/team-message';
import { mailLine } from '#domain/text/lines';
import { answer } from '#test/support/documents';

type Matter = Parameters<typeof renderTeamMessage>[0];

const message = (differing: Partial<Matter> = {}) =>
  renderTeamMessage(
    {
      migration: '002_create_notes.sql',
      purpose: 'notes of users',
      durationMs: 1234,
      appliedBy: 'ada@example.org',
      monitorSeconds: 86_400,
      reportUrl: 'http://127.0.0.1:4600/runs/run-1',
      answers: [],
      ...differing,
    },
    mailLine,
  );

test('it has description, time, warnings and next steps', () => {
  const { subject, text } = message();

  expect(subject).toBe('Migration 002_create_notes.sql was applied to staging');
  expect(text.split('\n\n')).toEqual([
    'Description: notes of users',
    'Execution time: 1.234 s',
    'Approved by: ada@example.org',
    'Warnings: none',
    'Next steps: the target is watched for 24 h; when it stays quiet, the run is signed off. Dependent services may use the new schema.',
    'Run: http://127.0.0.1:4600/runs/run-1',
  ]);
});

test('what failed and what is open is a warning, each on a line; the rest is not', () => {
  const answers = [
    answer('1.5', 'failed', 'one statement\nhas no comment'),
    answer('4.4', 'open', 'nobody can say'),
    ...[answer('1.3'), answer('1.1', 'attested'), answer('12.1', 'not applicable')],
  ];

  expect(message({ answers }).text).toContain(
    'Warnings:\n  1.5 failed: one statement has no comment\n  4.4 open: nobody can say\n\nNext steps',
  );
});

test.each([
  [2, '2 s'],
  [3599, '3599 s'],
  [3600, '1 h'],
  [5400, '1.5 h'],
  [172_800, '48 h'],
])('a window of %d s is told as %s', (monitorSeconds, told) => {
  expect(message({ monitorSeconds }).text).toContain(`is watched for ${told};`);
});
