import { annotationsOf } from '#local/pull-request/annotations';
import { finding, folder, migration, reportOf, result } from './a-report';

test('GitHub shows ten errors and ten warnings of a step, so no more are printed, and the others are counted', () => {
  const findings = [
    ...Array.from({ length: 12 }, () => finding()),
    ...Array.from({ length: 15 }, () => finding({ severity: 'warn' })),
    finding({ severity: 'note' }),
  ];

  const { text, leftOut } = annotationsOf(reportOf([migration(findings)]));

  expect(text.split('\n').filter((line) => line.startsWith('::error '))).toHaveLength(10);
  expect(text.split('\n').filter((line) => line.startsWith('::warning '))).toHaveLength(10);
  expect(text.split('\n')).toHaveLength(20);
  expect(leftOut).toBe(7);
});

test('what the rehearsal found comes first, at its line, with the SQL that is missing', () => {
  const failing = result({
    up: 'error',
    rollback: null,
    error: { phase: 'up', sqlState: '42P01', file: '8_b.sql', line: 4, message: 'relation "x" does not exist' },
  });
  const differing = result({
    rollback: 'differs',
    differences: ['- INDEX a'],
    restoringSql: ['CREATE INDEX a ON b (c)'],
  });

  const { text } = annotationsOf(
    reportOf([], { folders: [folder([migration([finding()], differing)], { others: [failing] })] }),
  );

  expect(text.split('\n')).toEqual([
    '::error file=db/7_a.sql,title=rehearsal::the rollback of 7_a: differs%0ACREATE INDEX a ON b (c);',
    '::error file=db/8_b.sql,line=4,title=rehearsal::up: db/8_b.sql:4: relation "x" does not exist',
    '::error file=db/7_a.sql,line=3,title=rows-truncated::TRUNCATE removes all rows of public.users%0AMove them first.',
  ]);
});

test('nothing found is no line', () => {
  expect(annotationsOf(reportOf([migration()]))).toEqual({ text: '', leftOut: 0 });
});
