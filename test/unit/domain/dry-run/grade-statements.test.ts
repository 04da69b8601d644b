import { gradeStatements } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import { longestBlockingMs } from '#domain/locks/lock-modes';
import type { TableStatistics } from '#domain/tables/statistics';
import { heldLock, statementRun } from '#test/support/statement-run';

const used = (differing: Partial<TableStatistics> = {}): TableStatistics => ({
  table: 'public.jobs',
  sizeBytes: 8192,
  estimatedRows: 10,
  sequentialScans: 0,
  indexScans: 7200,
  rowsWritten: 3600,
  countedSeconds: 3600,
  ...differing,
});

const assess = (differing: Partial<StatementRun>, traffic: readonly TableStatistics[] = [used()]) =>
  gradeStatements([statementRun(differing)], {
    tableOfIndex: (index) => (index.endsWith('_idx') ? 'public.jobs' : null),
    traffic,
  })[0];

test.each([
  ['metadata only', {}],
  ['scan', { rowsScanned: 500 }],
  ['scan', { rebuilt: ['public.jobs_idx'] }],
  ['data', { rowsWritten: 1, rowsScanned: 500 }],
  ['data', { emptied: ['public.jobs'] }],
  ['rewrite', { rewritten: ['public.jobs'], rowsScanned: 500, rowsWritten: 1, rebuilt: ['public.jobs_idx'] }],
] as const)('a statement is classed by the heaviest that it did: %s', (expected, measured) => {
  expect(assess(measured)?.class).toBe(expected);
});

test('of several locks on a table the strongest is told, and that on an index where it stops more people', () => {
  const locks = [
    heldLock('AccessShareLock', 5),
    heldLock('ShareLock', 5),
    heldLock('RowExclusiveLock', 5, 'public.other_idx'),
    heldLock('AccessExclusiveLock', 5, 'public.jobs_idx'),
    heldLock('ShareRowExclusiveLock', 5, 'public.users'),
  ];

  const told = assess({ locks })?.locks.map(({ table, relation, mode, blocks }) => [table, relation, mode, blocks]);

  expect(told).toEqual([
    ['public.jobs', 'public.jobs_idx', 'AccessExclusiveLock', 'readers and writers'],
    ['public.users', 'public.users', 'ShareRowExclusiveLock', 'writers'],
    ['public.jobs', 'public.jobs', 'ShareLock', 'writers'],
  ]);
});

test('who would have waited is worked out from the live traffic: two reads and one write a second', () => {
  const waiting = (mode: string) => assess({ locks: [heldLock(mode, 4_000)] })?.locks[0]?.waiting;

  expect(waiting('AccessExclusiveLock')).toBe(12);
  expect(waiting('ShareLock')).toBe(4);
  expect(waiting('ShareUpdateExclusiveLock')).toBe(0);
});

test('without statistics of the table nobody knows who would have waited', () => {
  expect(assess({ locks: [heldLock('ShareLock', 4_000)] }, [])?.locks[0]?.waiting).toBeNull();
});

const idle = used({ indexScans: 0, rowsWritten: 0 });

test.each([
  ['none', heldLock('ShareUpdateExclusiveLock', 3_600_000), [used()]],
  ['low', heldLock('AccessExclusiveLock', longestBlockingMs), [used()]],
  ['medium', heldLock('AccessExclusiveLock', longestBlockingMs + 1), [idle]],
  ['high', heldLock('AccessExclusiveLock', longestBlockingMs + 1), [used()]],
  ['high', heldLock('AccessExclusiveLock', longestBlockingMs + 1), []],
] as const)('how bad it is depends on whom it blocks, how long, and who is there: %s', (expected, lock, traffic) => {
  expect(assess({ locks: [lock, heldLock('AccessShareLock', 1, 'public.users')] }, traffic)?.severity).toBe(expected);
});
