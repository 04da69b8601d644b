import { deadlocksBeforeWatch, measurementsOf, slowStatements, unseen } from '#domain/monitoring/measurements';
import type { ActivitySample } from '#domain/monitoring/sample';
import { alarms } from '#lambdas/alarms';
import { type MetricName, metrics } from '#lambdas/metrics';
import { sample, statement } from './samples';

type Differing = Partial<ActivitySample>;

const measured = (now: Differing, before: Differing = {}, opening = before, previous: Differing | null = opening) =>
  measurementsOf(sample(now), {
    baseline: sample(before),
    opening: sample(opening),
    previous: previous && sample(previous),
  });

test('a sample like the baseline measures nothing beyond it', () => {
  expect(measured({})).toEqual({
    ConnectionsUsed: 10,
    LongestTransaction: 0,
    LongestTransactionOverBaseline: 0,
    LockWaits: 0,
    LockWaitsOverBaseline: 0,
    Deadlocks: 0,
    NewSlowStatements: 0,
    TargetUnreachable: 0,
    ComputeSuspended: 0,
  });
});

test.each<[string, MetricName, number, Differing, Differing]>([
  ['connections in percent of the limit', 'ConnectionsUsed', 40, { connections: 20, maxConnections: 50 }, {}],
  ['waits beyond those of before', 'LockWaitsOverBaseline', 6, { lockWaits: 8 }, { lockWaits: 2 }],
  ['fewer waits than before as none', 'LockWaitsOverBaseline', 0, { lockWaits: 1 }, { lockWaits: 2 }],
  [
    'a long transaction where they are usual by what it is longer',
    'LongestTransactionOverBaseline',
    300_000,
    { longestTransactionMs: 600_000 },
    { longestTransactionMs: 300_000 },
  ],
  ['a new deadlock', 'Deadlocks', 1, { deadlocks: 3 }, {}],
  ['a deadlock after the counters were reset', 'Deadlocks', 1, { deadlocks: 1 }, { deadlocks: 2 }],
  ['counters that were reset to nothing', 'Deadlocks', 0, { deadlocks: 0 }, { deadlocks: 2 }],
])('%s is measured', (_, name, value, now, before) => {
  expect(measured(now, before)[name]).toBe(value);
});

test('deadlocks count from look to look; what the first look finds already may be of the migration itself', () => {
  expect(measured({ deadlocks: 7 }, { deadlocks: 2 }, {}, { deadlocks: 6 })).toMatchObject({ Deadlocks: 1 });
  expect(measured({ deadlocks: 7 }, { deadlocks: 2 }, {}, null)).toMatchObject({ Deadlocks: 0 });
  expect(deadlocksBeforeWatch(sample({ deadlocks: 7 }), sample({ deadlocks: 2 }))).toBe(5);
});

test('the share of failed transactions is that of the time since the look before, beyond the share of before', () => {
  const before = { commits: 900, rollbacks: 100 };

  expect(measured({ commits: 960, rollbacks: 140 }, before)).toMatchObject({
    RollbackShare: 40,
    RollbackShareOverBaseline: 30,
  });
  expect(measured({ commits: 1000, rollbacks: 100 }, before)).toMatchObject({
    RollbackShare: 0,
    RollbackShareOverBaseline: 0,
  });
});

test.each<[string, Differing, Differing | null]>([
  ['19 transactions', { commits: 1010, rollbacks: 14 }, { commits: 1000, rollbacks: 5 }],
  ['the first look, before which the migration itself ran', { commits: 2000, rollbacks: 1000 }, null],
])('of %s no share of failed transactions is taken', (_, now, previous) => {
  expect(measured(now, {}, {}, previous)).not.toHaveProperty('RollbackShare');
});

/** The ratio after these calls were added to a statement that was at the baseline as given. */
const ratioOfGrown = (before: { calls: number; meanMs: number }, calls: number, meanMs: number) => {
  const total = before.calls * before.meanMs + calls * meanMs;
  const all = before.calls + calls;
  const now = { statements: [{ ...statement(all, total / all), totalMs: total }] };
  return measured(now, { statements: [statement(before.calls, before.meanMs)] }).StatementTimeRatio;
};

test('a statement is measured by its calls since the window was opened, not by its mean over all time', () => {
  expect(ratioOfGrown({ calls: 1_000_000, meanMs: 10 }, 20, 30)).toBeCloseTo(3);
});

test('of 19 calls no mean is taken', () => {
  expect(ratioOfGrown({ calls: 100, meanMs: 10 }, 19, 500)).toBeUndefined();
});

test('a quick statement may vary below 5 ms', () => {
  expect(ratioOfGrown({ calls: 100, meanMs: 0.1 }, 20, 4.9)).toBeUndefined();
  expect(ratioOfGrown({ calls: 100, meanMs: 0.1 }, 20, 5.1)).toBeGreaterThan(50);
});

test('the slowest of the statements is what is measured', () => {
  const before = { statements: [statement(20, 10, '1'), statement(20, 10, '2')] };
  const now = { statements: [statement(40, 10, '1'), { ...statement(40, 25, '2'), totalMs: 1000 }] };

  expect(measured(now, before).StatementTimeRatio).toBeCloseTo(4);
});

test('what ran between the baseline and the opening of the window is no traffic', () => {
  const migrated = { statements: [statement(1500, 7)] };

  expect(measured(migrated, { statements: [statement(100, 0.1)] }, migrated)).not.toHaveProperty('StatementTimeRatio');
});

test.each([
  [100.5, 1],
  [99.5, 0],
])('a statement that the baseline does not know is held against 100 ms: %d ms', (meanMs, count) => {
  expect(measured({ statements: [statement(20, meanMs)] }).NewSlowStatements).toBe(count);
});

test.each([
  ['calls', statement(1000, 10), statement(20, 31), 3.1],
  ['time', statement(10, 100), { ...statement(30, 20), totalMs: 600 }, 0.2],
])('after a reset of the statistics the %s are counted from zero', (_, before, now, ratio) => {
  expect(measured({ statements: [now] }, { statements: [before] }).StatementTimeRatio).toBeCloseTo(ratio);
});

test.each<[string, Differing, Differing]>([
  ['now', { statements: null }, { statements: [] }],
  ['before', { statements: [statement(20, 500)] }, { statements: null }],
])('without pg_stat_statements %s nothing is said of statements', (_, now, before) => {
  const all = measured(now, before);

  expect(all).not.toHaveProperty('StatementTimeRatio');
  expect(all).not.toHaveProperty('NewSlowStatements');
});

test('the statements that became slower are named, the slowest first and five at most', () => {
  const ids = ['1', '2', '3', '4', '5', '6', '7'];
  const opening = sample({ statements: ids.map((id) => statement(20, 10, id)) });
  const now = sample({
    statements: [...ids.map((id, index) => statement(40, 15 * (index + 1), id)), statement(20, 200, 'new')],
  });

  const slow = slowStatements(now, { baseline: opening, opening, previous: null });

  expect(slow.map(({ query }) => query)).toEqual(['7', 'new', '6', '5', '4'].map((id) => `select ${id}`));
  expect(slow[0]).toEqual({ query: 'select 7', meanMs: 200, meanMsBefore: 10 });
  expect(slow[1]).toEqual({ query: 'select new', meanMs: 200, meanMsBefore: null });
});

test('every metric that a look can have is measured, and every alarm is fed', () => {
  const before = { statements: [statement(20, 10)], commits: 100, rollbacks: 0 };
  const full = measured({ statements: [statement(40, 20)], commits: 200, rollbacks: 10 }, before);
  const ofLooks = Object.entries(metrics).filter(([, { source }]) => source === 'look');

  const names = Object.keys({ ...full, ...unseen.suspended, ...unseen.unreachable });

  expect(names.sort()).toEqual(ofLooks.map(([name]) => name).sort());
  expect(alarms.filter(({ metric }) => !(metric in metrics))).toEqual([]);
});

test('a look that saw nothing measures only why', () => {
  expect(unseen).toEqual({
    suspended: { TargetUnreachable: 0, ComputeSuspended: 1 },
    unreachable: { TargetUnreachable: 1 },
  });
});
