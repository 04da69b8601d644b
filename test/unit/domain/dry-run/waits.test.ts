/** Who waits, for how long here and in production: from what a statement locked and what its time grows with. */
import { gradeStatements } from '#domain/dry-run/grade-statements';
import { growthOf } from '#domain/dry-run/growth';
import type { StatementRun } from '#domain/dry-run/measured';
import { timeInProduction } from '#domain/dry-run/production-time';
import { rowLocksOf } from '#domain/dry-run/row-locks';
import { growthInWords, waitsOf } from '#domain/dry-run/waits';
import type { Prediction } from '#domain/locks/prediction';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
import { heldLock, statementRun } from '#test/support/statement-run';

const production = (rows: number, table = 'public.jobs'): ProductionStatistics => ({
  ...{ format: 1, takenAt: '2026-11-29T10:00:00Z', serverVersion: '17.2', database: 'shop' },
  tables: [{ table, rows, heapBytes: rows * 100, indexBytes: 0, toastBytes: 0 }],
});

type Here = { readonly rows?: number; readonly prediction?: Prediction };

const assessed = (runs: readonly StatementRun[], { rows = 10_000, prediction }: Here = {}) =>
  gradeStatements(runs, {
    tableOfIndex: () => null,
    traffic: [],
    rowsOf: (run) => {
      const rowLocks = rowLocksOf(run, { prediction, referencing: () => ['public.parts'] });
      const sizeOf = () => ({ rows, bytes: rows * 100 });
      return { rowLocks, growth: growthOf(run, rowLocks, { prediction, tableOfIndex: () => null, sizeOf }) };
    },
  });

const rowsOf = (differing: Partial<NonNullable<StatementRun['tables']>[number]>) => [
  { table: 'public.jobs', scanned: 0, inserted: 0, updated: 0, deleted: 0, ...differing },
];

const update = statementRun({ durationMs: 50, heldMs: 60, tables: rowsOf({ scanned: 10_000, updated: 10_000 }) });
const rewrite = statementRun({
  durationMs: 100,
  locks: [heldLock('AccessExclusiveLock', 110)],
  rewritten: ['public.jobs'],
});

const waitsIn = (runs: readonly StatementRun[], file: ProductionStatistics | null, here: Here = {}) =>
  waitsOf(assessed(runs, here), { production: file, limitMs: 1_000 });

test('changed rows stop their writers until the commit, deleted ones also who refers to them', () => {
  const [changed] = waitsIn([update], null);
  const [deleted] = waitsIn([statementRun({ heldMs: 60, tables: rowsOf({ deleted: 3 }) })], null);

  expect(changed).toMatchObject({ blocks: expect.stringContaining('writers of these rows'), heldMs: 60 });
  expect(deleted?.blocks).toBe('writers of these rows, and whoever adds rows to public.parts that refer to them');
});

test.each([
  [null, 'unknown'],
  [production(10_000), 'borne'],
  [production(80_000), 'borne'],
  [production(200_000), 'too long'],
  [production(0), 'borne'],
  [production(200_000, 'public.other'), 'unknown'],
] as const)('a rewrite of 0.1 s at 10,000 rows is judged by production (%#)', (file, grade) => {
  expect(waitsIn([rewrite], file)).toMatchObject([{ grade }]);
});

test('what is too quick to measure gives an upper bound: it can prove, and alone it fails nothing', () => {
  const quick = { ...rewrite, durationMs: 2, locks: [heldLock('AccessExclusiveLock', 3)] };

  expect(
    timeInProduction({ durationMs: 2, growth: assessed([quick])[0]?.growth ?? [] }, production(1_000_000)),
  ).toEqual({
    leastMs: 200,
    mostMs: 200,
  });
  expect(waitsIn([quick], production(1_000_000))).toMatchObject([{ grade: 'borne' }]);
  expect(waitsIn([quick], production(6_000_000))).toMatchObject([{ grade: 'too long' }]);
  expect(waitsIn([{ ...quick, durationMs: 4 }], production(400_000), { rows: 100 })).toMatchObject([
    { grade: 'too long' },
  ]);
  expect(waitsIn([{ ...quick, durationMs: 4 }], production(100_000), { rows: 100 })).toMatchObject([
    { grade: 'unknown' },
  ]);
});

test('an empty table shows nothing: what the text lets expect is not measured', () => {
  const prediction: Prediction = {
    ...{ index: 0, kind: 'AlterTableStmt' },
    locks: [{ table: 'public.jobs', mode: 'AccessExclusiveLock', work: 'scan' }],
  };
  const run = statementRun({ locks: [heldLock('AccessExclusiveLock', 2)], durationMs: 1 });

  expect(waitsIn([run], production(1_000), { rows: 0, prediction })).toMatchObject([
    { grade: 'unknown', unknown: 'nothing measured' },
  ]);
  expect(waitsIn([run], null, { rows: 10_000, prediction })).toMatchObject([{ grade: 'borne' }]);
});

test('a number of rows that the text bounds does not grow', () => {
  const bounded: Prediction = {
    index: 0,
    kind: 'UpdateStmt',
    locks: [],
    bounded: { table: 'public.jobs', rows: 1_000 },
  };
  const batch = { ...update, tables: rowsOf({ scanned: 10_000, updated: 1_000 }) };

  expect(waitsIn([batch], null, { prediction: bounded })).toMatchObject([{ grade: 'borne' }]);
  expect(waitsIn([batch], null)).toMatchObject([{ grade: 'unknown' }]);
});

test('a quick lock is held as long as what comes after it, and grows with that', () => {
  const first = statementRun({ line: 2, durationMs: 1, locks: [heldLock('AccessExclusiveLock', 60, 'public.users')] });
  const later = { ...update, line: 5, startedAtMs: 5 };

  expect(waitsIn([first, later], production(1_000_000)).find(({ line }) => line === 2)).toMatchObject({
    ...{ table: 'public.users', grade: 'too long', growing: [{ line: 5 }] },
  });
});

test('a rate is told, and where it is none, that', () => {
  const growth = (rows: number, durationMs: number) =>
    growthInWords(durationMs, {
      ...{ table: 'public.jobs', work: 'scan', rowsHere: rows, bytesHere: 1, passes: 1, wasSeen: rows > 0 },
    });

  expect(growth(10_000, 100)).toBe('public.jobs (every row is read; 10 ms per 1,000 rows here)');
  expect(growth(100, 1)).toContain('at most 10 ms per 1,000 rows here, too little to measure');
  expect(growth(1, 30)).toBe('public.jobs (every row is read; 1 row here, too few to measure)');
  expect(growth(0, 1)).toContain('0 rows here, so nothing was measured');
});

test('the index of a table is no table with locked rows', () => {
  const run = statementRun({
    locks: [heldLock('RowShareLock', 60), { ...heldLock('RowShareLock', 60), relation: 'public.jobs_pkey' }],
  });
  const locked = rowLocksOf(run, { referencing: () => [], isIndex: (relation) => relation === 'public.jobs_pkey' });

  expect(locked).toMatchObject([{ table: 'public.jobs', strength: 'FOR UPDATE' }]);
});

test('TRUNCATE does not grow with the rows that go, although it makes the indexes anew', () => {
  const run = statementRun({ emptied: ['public.jobs'], rebuilt: ['public.jobs_pkey'] });
  const context = { tableOfIndex: () => 'public.jobs', sizeOf: () => ({ rows: 5_000, bytes: 500_000 }) };

  expect(growthOf(run, [], context)).toEqual([]);
  expect(growthOf({ ...run, emptied: [] }, [], context)).toMatchObject([{ work: 'index build' }]);
});
