import type { NotRehearsed } from '#domain/boxes/not-rehearsed';
import { rehearseRollback } from '#domain/boxes/rollback-run';
import { answersOf } from '#test/support/judged';
import { statementRun } from '#test/support/statement-run';
import { catalogOf, table } from '../catalog/objects';

const before = catalogOf(table('public.jobs'));

const facts = {
  branch: { branchId: 'scratch', name: 'rehearsal', server: 'shared' as const },
  catalogRecorded: before,
  catalogAfterDown: before,
  statements: [statementRun()],
  dataLoss: { grade: 'nothing lost', losses: [], notCompared: [] } as const,
};

test('a rollback that ran on the branch of now is proved by what it left', () => {
  expect(answersOf(rehearseRollback, facts).map(({ answer }) => answer)).toEqual(['proved', 'proved', 'proved']);
});

test('where the server changed meanwhile nothing is proved, and what changed is named', () => {
  const serverChanged = ['role "reporting" was made: NOLOGIN'];

  for (const { answer, reason } of answersOf(rehearseRollback, { ...facts, serverChanged })) {
    expect(answer).toBe('open');
    expect(reason).toContain(
      'differ from what was seen before the rehearsal: role "reporting" was made: NOLOGIN. Look whether',
    );
  }
});

test('where nothing was run the boxes are open, whatever else the document holds', () => {
  const notRehearsed: NotRehearsed = {
    server: 'shared',
    of: 'rollback',
    reach: [{ file: '002_b.sql', line: 9, what: 'CREATE ROLE', reached: 'roles', isKept: false }],
  };

  for (const { answer, reason } of answersOf(rehearseRollback, { ...facts, notRehearsed })) {
    expect(answer).toBe('open');
    expect(reason).toMatch(/^not rehearsed, nothing of the rollback was run: 002_b\.sql:9: CREATE ROLE reaches /);
  }
});
