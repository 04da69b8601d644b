import { alarms, raiseAlarms } from '#domain/monitoring/alarms';
import type { ActivitySample } from '#domain/monitoring/sample';
import { sample, statement } from './samples';

const raised = (now: Partial<ActivitySample>, before: Partial<ActivitySample> = {}, opening = before) =>
  raiseAlarms(sample(now), sample(before), sample(opening)).map(({ id }) => id);

test('a sample like the baseline raises nothing', () => {
  expect(raised({})).toEqual([]);
});

test.each<[string, string, Partial<ActivitySample>, Partial<ActivitySample>]>([
  ['more than 80 % of the connections', 'connections-near-limit', { connections: 81 }, {}],
  ['six more lock waits than before', 'sessions-wait-for-locks', { lockWaits: 8 }, { lockWaits: 2 }],
  ['a transaction of over 5 minutes', 'transaction-open-too-long', { longestTransactionMs: 300_001 }, {}],
  ['a new deadlock', 'deadlocks', { deadlocks: 3 }, {}],
  ['a deadlock after the counters were reset', 'deadlocks', { deadlocks: 1 }, { deadlocks: 2 }],
])('%s is alarming', (_, id, now, before) => {
  expect(raised(now, before)).toEqual([id]);
});

test.each<[string, Partial<ActivitySample>, Partial<ActivitySample>]>([
  ['80 % of the connections', { connections: 80 }, {}],
  ['five more lock waits than before', { lockWaits: 7 }, { lockWaits: 2 }],
  ['a transaction of 5 minutes', { longestTransactionMs: 300_000 }, {}],
  ['a long transaction where they are usual', { longestTransactionMs: 600_000 }, { longestTransactionMs: 300_000 }],
  ['counters that were reset to nothing', { deadlocks: 0 }, { deadlocks: 2 }],
])('%s is not', (_, now, before) => {
  expect(raised(now, before)).toEqual([]);
});

/** The statement as it was at the baseline, and the calls that were added since. */
const grown = (before: { calls: number; meanMs: number }, calls: number, meanMs: number) => {
  const total = before.calls * before.meanMs + calls * meanMs;
  const allCalls = before.calls + calls;
  return raised(
    { statements: [{ ...statement(allCalls, total / allCalls), totalMs: total }] },
    { statements: [statement(before.calls, before.meanMs)] },
  );
};

test('what ran between the baseline and the opening of the window is no traffic', () => {
  const migrated = { statements: [{ ...statement(1500, 7), totalMs: 10_500 }] };

  expect(raised(migrated, { statements: [statement(100, 0.1)] }, migrated)).toEqual([]);
});

test('a statement is judged by its calls since the window was opened, not by its mean over all time', () => {
  expect(grown({ calls: 1_000_000, meanMs: 10 }, 20, 31)).toEqual(['statements-slower']);
});

test.each([
  ['three times as slow is still borne', 20, 30],
  ['19 calls are too few to say', 19, 500],
])('%s', (_, calls, meanMs) => {
  expect(grown({ calls: 100, meanMs: 10 }, calls, meanMs)).toEqual([]);
});

test('a quick statement may vary below 5 ms', () => {
  expect(grown({ calls: 100, meanMs: 0.1 }, 20, 4.9)).toEqual([]);
  expect(grown({ calls: 100, meanMs: 0.1 }, 20, 5.1)).toEqual(['statements-slower']);
});

test.each([
  [100.5, ['statements-slower']],
  [99.5, []],
])('a statement that the baseline does not know is held against 100 ms: %d ms', (meanMs, ids) => {
  expect(raised({ statements: [statement(20, meanMs)] })).toEqual(ids);
});

test('after a reset of the statistics the calls are counted from zero', () => {
  const before = { statements: [statement(1000, 10)] };

  expect(raised({ statements: [statement(20, 31)] }, before)).toEqual(['statements-slower']);
  expect(raised({ statements: [statement(20, 29)] }, before)).toEqual([]);
});

test('without pg_stat_statements no statement can be alarming', () => {
  expect(raised({ statements: null }, { statements: null })).toEqual([]);
});

test('an alarm says the figures and the statement', () => {
  const now = sample({ connections: 95, statements: [statement(40, 300, '7'), statement(40, 200, '8')] });
  const before = sample({ statements: [statement(20, 10, '7')] });
  const [connections, slower] = raiseAlarms(now, before, before);

  expect(connections?.details).toEqual(['95 of 100 connections are used']);
  expect(slower?.details).toEqual([
    'mean 590.0 ms, was 10.0 ms: select 7',
    'mean 200.0 ms, not in the baseline: select 8',
  ]);
});

test('every alarm has an id of words of its own', () => {
  expect(new Set(alarms.map(({ id }) => id)).size).toBe(alarms.length);
  for (const { id } of alarms) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
