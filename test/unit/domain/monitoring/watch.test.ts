import { alarms, targetUnreachable } from '#domain/monitoring/alarms';
import type { ActivitySample } from '#domain/monitoring/sample';
import {
  addSample,
  countUnreachable,
  emptySummary,
  judgeWatch,
  type Watched,
  type WatchSummary,
} from '#domain/monitoring/watch';
import { sample, statement } from './samples';

const openedAt = '2026-11-22T08:00:00.000Z';
const hoursLater = (hours: number) => new Date(Date.parse(openedAt) + hours * 3_600_000).toISOString();

const watched = (hours: number, differing: Partial<Watched> = {}): Watched => ({
  ...{ openedAt, endedAt: hoursLater(hours), knowsStatementsOfBefore: true },
  ...differing,
});

/** A sample at each of these hours. */
const sampled = (hours: readonly number[], differing: Partial<ActivitySample> = {}): WatchSummary =>
  hours.reduce((summary, at) => addSample(summary, sample({ at: hoursLater(at), ...differing }), []), emptySummary);

const hourly = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const answers = (summary: WatchSummary, seen: Watched) =>
  Object.fromEntries(judgeWatch(summary, seen).map(({ box, answer }) => [box, answer]));

const reasonOf = (box: string, summary: WatchSummary, seen: Watched) =>
  judgeWatch(summary, seen).find((answer) => answer.box === box)?.reason;

const alarm = (id: string) => ({ id, title: `Title of ${id}`, details: ['one', 'two'] });

test('a day that was watched hour by hour and quiet is proved; the log is not read and stays open', () => {
  const answered = answers(sampled(hourly(24), { statements: [statement(1, 1)] }), watched(24));

  expect(answered).toEqual({ '16.1': 'proved', '16.2': 'open', '16.3': 'proved', '16.4': 'proved' });
});

test('a window shorter than a day is open, and says how long it was and what was seen', () => {
  const summary = sampled(hourly(23));

  expect(answers(summary, watched(23.9))).toEqual({ '16.1': 'open', '16.2': 'open', '16.3': 'open', '16.4': 'open' });
  expect(reasonOf('16.4', sampled([0]), watched(10 / 3600))).toBe(
    'watched for 10 s only, the checklist asks for 24 to 48 h; at most 10 of 100 connections used',
  );
  expect(reasonOf('16.1', summary, watched(23.9))).toContain('watched for 23.9 h only');
});

test.each([
  ['in the middle', [1, 2, 3, 4, 5, 20, 21, 22, 23, 24], '15.0 h'],
  ['before the first sample', [13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24], '13.0 h'],
  ['after the last', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], '12.0 h'],
])('a long silence %s leaves the boxes open', (_, hours, silence) => {
  expect(answers(sampled(hours), watched(24))).toMatchObject({ '16.1': 'open', '16.4': 'open' });
  expect(reasonOf('16.1', sampled(hours), watched(24))).toContain(`not watched for ${silence} on end`);
});

test('an alarm fails its own box with every detail, and no other', () => {
  const summary = addSample(sampled(hourly(23)), sample({ at: hoursLater(24) }), [alarm('connections-near-limit')]);

  expect(answers(summary, watched(24))).toMatchObject({ '16.1': 'proved', '16.3': 'proved', '16.4': 'failed' });
  expect(reasonOf('16.4', summary, watched(24))).toBe('Title of connections-near-limit: one; two');
});

test.each(alarms.map(({ id, box }) => [id, box]))('%s fails box %s', (id, box) => {
  const summary = addSample(emptySummary, sample(), [alarm(id)]);

  expect(answers(summary, watched(1))[box]).toBe('failed');
});

test('an alarm that ends the window early proves nothing of the other boxes', () => {
  const summary = addSample(sampled([1]), sample({ at: hoursLater(2) }), [alarm('deadlocks')]);

  expect(answers(summary, watched(2))).toEqual({ '16.1': 'failed', '16.2': 'open', '16.3': 'open', '16.4': 'open' });
});

test('without pg_stat_statements, now or before, statements cannot be compared', () => {
  const without = sampled(hourly(24), { statements: null });
  const unknownBefore = watched(24, { knowsStatementsOfBefore: false });

  expect(answers(without, watched(24))).toMatchObject({ '16.1': 'proved', '16.3': 'open' });
  expect(reasonOf('16.3', without, watched(24))).toContain('not installed');
  expect(answers(sampled(hourly(24)), unknownBefore)).toMatchObject({ '16.1': 'proved', '16.3': 'open' });
  expect(reasonOf('16.3', sampled(hourly(24)), unknownBefore)).toContain('baseline');
});

test('a window without a sample proves nothing', () => {
  expect(answers(emptySummary, watched(48))).toEqual({
    '16.1': 'open',
    '16.2': 'open',
    '16.3': 'open',
    '16.4': 'open',
  });
});

test('one lost sample, and a second, are the network; the third in a row is alarming', () => {
  const once = countUnreachable(sampled([1]), 'no answer', false);
  const twice = countUnreachable(once, 'no answer', false);
  const thrice = countUnreachable(twice, 'no answer at all', false);

  expect([once.raised, twice.raised]).toEqual([[], []]);
  expect(thrice.raised).toEqual([expect.objectContaining({ id: targetUnreachable, details: ['no answer at all'] })]);
});

test('a sample that succeeds ends the row of lost ones', () => {
  const twice = countUnreachable(countUnreachable(emptySummary, 'x', false), 'x', false);

  expect(countUnreachable(addSample(twice, sample(), []), 'x', false).raised).toEqual([]);
});

test('the last sample of the window is not forgiven', () => {
  expect(countUnreachable(sampled(hourly(23)), 'no answer', true).raised).toHaveLength(1);
});

test('an unreachable target fails every box that was to be watched', () => {
  const summary = countUnreachable(sampled(hourly(23)), 'no answer', true);

  expect(answers(summary, watched(24))).toEqual({
    ...{ '16.1': 'failed', '16.2': 'open', '16.3': 'failed', '16.4': 'failed' },
  });
});

test('an alarm that was raised before a lost sample is not forgotten', () => {
  const summary = countUnreachable(addSample(emptySummary, sample(), [alarm('deadlocks')]), 'no answer', false);

  expect(summary.raised.map(({ id }) => id)).toEqual(['deadlocks']);
});

test('the summary keeps the first, the last and the worst of all samples, and nothing else of them', () => {
  const values = [
    sample({ at: hoursLater(1), connections: 20, lockWaits: 1, longestTransactionMs: 7 }),
    sample({ at: hoursLater(4), connections: 30, lockWaits: 4, longestTransactionMs: 9 }),
    sample({ at: hoursLater(5), connections: 10, lockWaits: 0, longestTransactionMs: 8 }),
  ];
  const summary = values.reduce((so, one) => addSample(so, one, []), emptySummary);

  expect(summary).toEqual({
    ...{ samples: 3, first: values[0], last: values[2], unreachable: 0, raised: [] },
    ...{ mostConnections: 30, mostLockWaits: 4, longestTransactionMs: 9, longestGapMs: 3 * 3_600_000 },
  });
});
