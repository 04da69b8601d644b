import { comparePrediction } from '#domain/dry-run/compare-prediction';
import { gradeStatements } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import type { Prediction } from '#domain/locks/prediction';
import { heldLock, statementRun } from '#test/support/statement-run';

type Predicted = Prediction['locks'][number];

const predicted = (mode: Predicted['mode'], work: Predicted['work'], table = 'public.jobs'): Predicted => ({
  table,
  mode,
  work,
});

const compare = (
  runs: readonly Partial<StatementRun>[],
  predictions: readonly (readonly Predicted[])[],
  isEmpty = false,
) => {
  const statements = runs.map((run, index) => statementRun({ index, ...run }));
  const assessed = gradeStatements(statements, { tableOfIndex: () => null, traffic: [] });
  const expected = predictions.map((locks, index) => ({ index, kind: 'AlterTableStmt', locks }));
  return comparePrediction(assessed, expected, () => isEmpty).map(({ outcome, surprises }) => ({ outcome, surprises }));
};

const exclusive = [heldLock('AccessExclusiveLock', 100)];

test('what was measured as it was predicted is confirmed', () => {
  const outcome = compare([{ locks: exclusive, rowsScanned: 9 }], [[predicted('AccessExclusiveLock', 'scan')]]);

  expect(outcome).toEqual([{ outcome: 'confirmed', surprises: [] }]);
});

test('a rewrite where a scan was predicted is worse', () => {
  const run = { locks: exclusive, rewritten: ['public.jobs'] };

  expect(compare([run], [[predicted('AccessExclusiveLock', 'scan')]])).toEqual([
    { outcome: 'worse', surprises: ['work: predicted scan, measured rewrite'] },
  ]);
});

test('a lock on a table that nobody thought of is worse, though the work is less', () => {
  const run = { locks: [...exclusive, heldLock('ShareLock', 5, 'public.users')] };

  expect(compare([run], [[predicted('AccessExclusiveLock', 'scan')]])).toEqual([
    {
      outcome: 'worse',
      surprises: [
        'blocked on public.users: predicted nobody, measured writers',
        'work: predicted scan, measured metadata only',
      ],
    },
  ]);
});

test('a rewrite that did not come is a false alarm', () => {
  expect(compare([{ locks: exclusive }], [[predicted('AccessExclusiveLock', 'rewrite')]])).toEqual([
    { outcome: 'false alarm', surprises: ['work: predicted rewrite, measured metadata only'] },
  ]);
});

test('on an empty table a scan that was not seen is no false alarm', () => {
  expect(compare([{ locks: exclusive }], [[predicted('AccessExclusiveLock', 'scan')]], true)).toMatchObject([
    { outcome: 'confirmed' },
  ]);
});

test('a stronger or weaker lock that stops the same people is no surprise', () => {
  const run = { locks: [heldLock('ShareRowExclusiveLock', 5)] };

  expect(compare([run], [[predicted('ShareLock', 'none')]])).toMatchObject([{ outcome: 'confirmed' }]);
});

test('a lock that an earlier statement holds is not missed', () => {
  const runs = [{ locks: exclusive }, { startedAtMs: 99 }, { startedAtMs: 100 }];
  const lock = [predicted('AccessExclusiveLock', 'none')];

  expect(compare(runs, [lock, lock, lock]).map(({ outcome }) => outcome)).toEqual([
    'confirmed',
    'confirmed',
    'false alarm',
  ]);
});

test('a statement of which nothing was predicted is expected to touch nothing', () => {
  expect(compare([{ rowsWritten: 3 }], [])).toEqual([
    { outcome: 'worse', surprises: ['work: predicted metadata only, measured data'] },
  ]);
});

test.each(['DoStmt', 'CallStmt'])('nothing was predicted of code that cannot be read: %s', (kind) => {
  const assessed = gradeStatements([statementRun({ locks: exclusive, rowsWritten: 9 })], {
    tableOfIndex: () => null,
    traffic: [],
  });

  expect(comparePrediction(assessed, [{ index: 0, kind, locks: [] }], () => false)).toMatchObject([
    { outcome: 'not predicted', predictedClass: null, surprises: [] },
  ]);
});
