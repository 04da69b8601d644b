import { dryRun } from '#domain/boxes/06-dry-run';
import type { StatementRun } from '#domain/dry-run/measured';
import { longestBlockingMs } from '#domain/locks/lock-modes';
import type { DataLoss } from '#domain/tables/data-loss';
import type { TableStatistics } from '#domain/tables/statistics';
import type { BoxId } from '#lambdas/checklist';
import { answerOf } from '#test/support/judged';
import { heldLock as lock, statementRun as statement } from '#test/support/statement-run';
import { type DryRun, dryRunFacts } from './dry-run-facts';

const boxOf = (box: BoxId, statements: readonly StatementRun[], differing: Partial<DryRun> = {}) =>
  answerOf(dryRun, box, dryRunFacts(statements, differing));

test('the time is the sum of all statements, and the slowest is named', () => {
  const judged = boxOf('3.4', [statement({ durationMs: 1500 }), statement({ line: 9, durationMs: 12_500 })]);

  expect(judged).toMatchObject({ answer: 'proved', facts: { totalMs: 14_000 } });
  expect(judged?.reason).toBe('measured on the branch: 14 s for 2 statements, the slowest on line 9 with 13 s');
});

test('no statement takes no time', () => {
  expect(boxOf('3.4', [])?.reason).toBe('measured on the branch: 0.00 s for 0 statements');
});

test.each([
  ['AccessExclusiveLock', 'readers and writers'],
  ['ExclusiveLock', 'writers'],
  ['ShareRowExclusiveLock', 'writers'],
  ['ShareLock', 'writers'],
])('%s that is held too long stops %s', (mode, who) => {
  const judged = boxOf('3.5', [statement({ locks: [lock(mode, longestBlockingMs + 1)] })]);

  expect(judged?.answer).toBe('failed');
  expect(judged?.reason).toBe(`line 3 holds ${mode} on public.jobs for 1.00 s, which stops ${who}`);
});

test.each(['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock'])(
  '%s stops nobody, however long it is held',
  (mode) => {
    const judged = boxOf('3.5', [statement({ locks: [lock(mode, 3_600_000)] })]);

    expect(judged).toMatchObject({ answer: 'proved', facts: { blocking: [] } });
    expect(judged?.reason).toContain('no lock stopped readers or writers');
  },
);

test('a lock of a second is borne, and told', () => {
  const judged = boxOf('3.5', [
    statement({ locks: [lock('AccessExclusiveLock', longestBlockingMs), lock('ShareLock', 5, 'public.users')] }),
  ]);

  expect(judged?.answer).toBe('proved');
  expect(judged?.reason).toBe(
    'measured on the branch: 2 blocking locks on existing tables, none held longer than 1.00 s',
  );
});

test('only the locks that are held too long are told, and the traffic of the blocked tables', () => {
  const traffic = ['public.jobs', 'public.users', 'public.other'].map(
    (name): TableStatistics => ({
      table: name,
      sizeBytes: 8192,
      estimatedRows: 7,
      sequentialScans: 1,
      indexScans: 2,
      rowsWritten: 3,
      countedSeconds: 60,
    }),
  );
  const statements = [
    statement({ locks: [lock('AccessExclusiveLock', 2_000)], rewritten: ['public.jobs'], rowsScanned: 7 }),
    statement({ line: 5, locks: [lock('ShareLock', 1, 'public.users')] }),
  ];

  const judged = boxOf('3.5', statements, { traffic });

  expect(judged?.reason).not.toContain('public.users');
  expect(judged?.facts).toMatchObject({
    blocking: [
      { line: 3, relation: 'public.jobs', rewritten: true, rowsScanned: 7, blocks: 'readers and writers' },
      { line: 5, relation: 'public.users', rewritten: false, blocks: 'writers' },
    ],
    traffic: [{ table: 'public.jobs' }, { table: 'public.users' }],
  });
});

test('of a statement only the strongest lock on a table is told, for its indexes too', () => {
  const locks = [
    ...[lock('AccessExclusiveLock', 2_000), lock('ShareLock', 2_000)],
    ...[lock('AccessExclusiveLock', 2_000, 'public.jobs_idx'), lock('ShareLock', 2_000, 'public.users')],
  ];

  expect(boxOf('3.5', [statement({ locks })])?.reason).toBe(
    'line 3 holds AccessExclusiveLock on public.jobs for 2.00 s, which stops readers and writers; line 3 holds ShareLock on public.users for 2.00 s, which stops writers',
  );
});

test('a lock adds nothing while an earlier one on its table, at least as strong, is held', () => {
  const at = (fromMs: number, mode: string, heldMs: number, relation?: string) => lock(mode, heldMs, relation, fromMs);
  const statements = [
    statement({ line: 1, locks: [at(0, 'ShareRowExclusiveLock', 4_000)] }),
    statement({ line: 2, locks: [at(500, 'ShareLock', 3_500), at(500, 'ShareLock', 3_500, 'public.jobs_idx')] }),
    statement({ line: 3, locks: [at(1_000, 'AccessExclusiveLock', 3_000)] }),
    statement({ line: 4, locks: [at(4_000, 'ShareLock', 2_000)] }),
  ];

  expect(boxOf('3.5', statements)?.reason.match(/line \d holds \w+/g)).toEqual([
    ...['line 1 holds ShareRowExclusiveLock', 'line 3 holds AccessExclusiveLock', 'line 4 holds ShareLock'],
  ]);
});

const now = { equal: 0, rows: 0, differing: [], notCompared: [] };

test('a document that does not name what could not be read is judged as it was then', () => {
  const then = { rows: { changed: ['public.a: 7 rows became 0'], notCompared: ['public.big'] } };

  expect(boxOf('3.6', [statement()], then)).toMatchObject({ answer: 'proved' });
  expect(boxOf('3.6', [statement()], { rows: { changed: [], notCompared: ['public.big'] } })?.answer).toBe('open');
});

test('rows that were touched, tables whose contents are others, and rewrites are told', () => {
  const statements = [
    statement({ rowsAffected: 5_000 }),
    statement({ line: 4, rowsAffected: 0 }),
    statement({ line: 9, rewritten: ['public.jobs'] }),
    statement({ line: 10, rewritten: ['public.jobs'] }),
  ];
  const judged = boxOf('3.6', statements, {
    rows: { changed: ['public.a: 7 rows became 0'], notCompared: ['public.big'] },
    untouched: now,
  });

  expect(judged?.answer).toBe('open');
  expect(judged?.reason).toBe(
    'these tables are too large to compare on the branch: public.big; measured on the branch: line 3 touches 5,000 rows; public.a: 7 rows became 0; public.jobs is rewritten',
  );
  expect(judged?.facts).toMatchObject({ changing: [{ line: 3, rowsAffected: 5_000 }], rewritten: ['public.jobs'] });
});

test('values that are lost fail the box, and values that nobody could compare leave it open', () => {
  const loss = (kind: 'rows' | 'unknown', grade: DataLoss['grade']) => ({
    dataLoss: { grade, losses: [{ kind, name: 'public.a', count: 2, text: `2 ${kind}` }], notCompared: [] },
    untouched: now,
  });

  expect(boxOf('3.6', [statement()], loss('rows', 'lost'))).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(/; values are lost: 2 rows$/),
  });
  expect(boxOf('3.6', [statement()], loss('unknown', 'not compared'))).toMatchObject({ answer: 'open' });
});

test('rows that were only added leave those from before as they were', () => {
  const dataLoss = {
    grade: 'not compared',
    losses: [{ kind: 'unknown', name: 'public.a', count: 2, text: 'it has 3 more rows' }],
    notCompared: [],
  } as const;
  const rows = (changed: string) => ({ dataLoss, untouched: now, rows: { changed: [changed], notCompared: [] } });
  const wrote = (differing: { readonly updated?: number; readonly inserted?: number }) => [
    statement({ tables: [{ table: 'public.a', scanned: 0, inserted: 3, updated: 0, deleted: 0, ...differing }] }),
  ];
  const grown = rows('public.a: 1,002 rows became 1,005');

  expect(boxOf('3.6', wrote({}), grown)?.answer).toBe('proved');
  expect(boxOf('3.6', wrote({ updated: 1 }), grown)?.answer).toBe('open');
  expect(boxOf('3.6', wrote({ inserted: 4 }), grown)?.answer).toBe('open');
  expect(boxOf('3.6', wrote({}), rows('public.a: is now named public.b, 2 rows became 5'))?.answer).toBe('open');
  expect(boxOf('3.6', [statement()], grown)?.answer).toBe('open');
});

test('nothing that was touched is told as what was compared', () => {
  expect(boxOf('3.6', [statement()])).toMatchObject({
    answer: 'proved',
    reason: 'measured on the branch: no rows of an existing table changed, and no table was rewritten',
  });
});

test('what was too large to compare leaves the box open when nothing else was seen', () => {
  const rows = { changed: [], notCompared: ['public.big'] };

  expect(boxOf('3.6', [statement()], { rows })).toMatchObject({
    answer: 'open',
    reason: 'these tables are too large to compare on the branch: public.big',
  });
});
