import { decisiveAlarms, findingsOfWatch, type MonitorFacts, monitor } from '#domain/boxes/16-monitor';
import type { AlarmStates, RaisedAlarm } from '#domain/monitoring/alarm-states';
import type { ActivitySample } from '#domain/monitoring/sample';
import { addSample, addSuspended, addUnreachable, emptySummary, type WatchSummary } from '#domain/monitoring/watch';
import { alarms, findAlarm } from '#lambdas/alarms';
import type { BoxId } from '#lambdas/checklist';
import { answerOf, answersByBox, answersOf } from '#test/support/judged';
import { sample, statement } from '../monitoring/samples';

const openedAt = '2026-11-22T08:00:00.000Z';
const hoursLater = (hours: number) => new Date(Date.parse(openedAt) + hours * 3_600_000).toISOString();

type Watched = Omit<MonitorFacts, 'alarms' | 'summary' | 'outcome' | 'words'>;

/** A window of a day, and for how many hours of it the target was watched. */
const watched = (hours: number, differing: Partial<Watched> = {}): Watched => ({
  openedAt,
  endedAt: hoursLater(hours),
  until: hoursLater(24),
  knowsStatementsOfBefore: true,
  logGroups: [],
  ...differing,
});

const seen = (summary: WatchSummary, hours: number, differing: Partial<ActivitySample> = {}) =>
  addSample(summary, openedAt, sample({ at: hoursLater(hours), ...differing }), []);

/** A sample at each of these hours. */
const sampled = (hours: readonly number[], differing: Partial<ActivitySample> = {}): WatchSummary =>
  hours.reduce((summary, at) => seen(summary, at, differing), emptySummary);

const hourly = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const quiet: AlarmStates = { raised: [], unjudged: [] };

const raised = (id: string, differing: Partial<RaisedAlarm> = {}): RaisedAlarm => ({
  id,
  at: hoursLater(1),
  reason: 'Threshold Crossed',
  wasUpBefore: false,
  ...differing,
});

const factsOf = (summary: WatchSummary, of: Watched, states: AlarmStates) => ({ ...of, summary, alarms: states });

const answers = (summary: WatchSummary, of: Watched, states: AlarmStates = quiet) =>
  answersByBox(answersOf(monitor, factsOf(summary, of, states)));

const reasonOf = (box: BoxId, summary: WatchSummary, of: Watched, states: AlarmStates = quiet) =>
  answerOf(monitor, box, factsOf(summary, of, states))?.reason;

test('a day that was watched hour by hour and quiet is proved; a log that nobody counts stays open', () => {
  const answered = answers(sampled(hourly(24), { statements: [statement(1, 1)] }), watched(24));

  expect(answered).toEqual({ '16.1': 'proved', '16.2': 'open', '16.3': 'proved', '16.4': 'proved' });
});

test('with log groups the log is proved by a day without its alarm, and fails by it', () => {
  const ofShop = { logGroups: ['/aws/lambda/shop'] };
  const loud = { raised: [raised('application-errors')], unjudged: [] };

  expect(answers(sampled(hourly(24)), watched(24, ofShop))['16.2']).toBe('proved');
  expect(reasonOf('16.2', sampled(hourly(24)), watched(24, ofShop))).toContain('/aws/lambda/shop');
  expect(answers(sampled(hourly(2)), watched(2, ofShop))['16.2']).toBe('open');
  expect(answers(sampled(hourly(2)), watched(2, ofShop), loud)['16.2']).toBe('failed');
});

test('a window shorter than a day is open, and says how long it was and what was seen', () => {
  const summary = sampled(hourly(23));

  expect(answers(summary, watched(23.9))).toEqual({ '16.1': 'open', '16.2': 'open', '16.3': 'open', '16.4': 'open' });
  expect(reasonOf('16.4', sampled([0]), watched(10 / 3600))).toBe(
    'the target was watched for only 10 s, the checklist asks for 24 to 48 h; at most 10 of 100 connections used',
  );
  expect(reasonOf('16.1', summary, watched(23.9))).toContain('watched for only 23.9 h');
});

test.each([
  ['in the middle', [1, 2, 3, 4, 5, 20, 21, 22, 23, 24], '15.0 h'],
  ['before the first sample', [13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24], '13.0 h'],
  ['after the last', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], '12.0 h'],
])('a long silence %s leaves the boxes open', (_, hours, silence) => {
  expect(answers(sampled(hours), watched(24))).toMatchObject({ '16.1': 'open', '16.4': 'open' });
  expect(reasonOf('16.1', sampled(hours), watched(24))).toContain(`no sample was taken for ${silence} in a row`);
});

test('an alarm fails its own box with its reason, and no other', () => {
  const states = { raised: [raised('connections-near-limit')], unjudged: [] };

  expect(answers(sampled(hourly(24)), watched(24), states)).toMatchObject({
    '16.1': 'proved',
    '16.3': 'proved',
    '16.4': 'failed',
  });
  expect(reasonOf('16.4', sampled(hourly(24)), watched(24), states)).toBe(
    'Connections near the limit: Threshold Crossed',
  );
});

test.each(alarms.filter(({ severity }) => severity === 'critical').map(({ id, boxes }) => [id, boxes] as const))(
  '%s fails the boxes %j and is laid to the migration',
  (id, boxes) => {
    const states = { raised: [raised(id)], unjudged: [] };

    expect(decisiveAlarms(states, emptySummary, false)).toEqual(states.raised);
    expect(boxes).not.toEqual([]);
    for (const box of boxes) expect(answers(sampled([1]), watched(1), states)[box]).toBe('failed');
  },
);

test.each(alarms.filter(({ severity }) => severity === 'warning').map(({ id }) => [id]))(
  '%s asks nobody; the report tells it',
  (id) => {
    const states = { raised: [raised(id)], unjudged: [] };

    expect(decisiveAlarms(states, emptySummary, false)).toEqual([]);
    expect(answers(sampled(hourly(24)), watched(24), states)['16.1']).toBe('proved');
    expect(findingsOfWatch(states, emptySummary, sample())).toEqual([
      { rule: `alarm-${id}`, message: `${findAlarm(id).title}: Threshold Crossed`, line: null },
    ]);
  },
);

test('an alarm that was up before the window is not laid to the migration, and its box cannot be proved', () => {
  const states = { raised: [raised('sessions-wait-for-locks', { wasUpBefore: true, at: '06:00' })], unjudged: [] };

  expect(decisiveAlarms(states, emptySummary, false)).toEqual([]);
  expect(answers(sampled(hourly(24)), watched(24), states)).toMatchObject({ '16.1': 'open', '16.4': 'proved' });
  expect(reasonOf('16.1', sampled(hourly(24)), watched(24), states)).toBe(
    '"Sessions wait for locks" was raised before the window opened (06:00), so it says nothing about the migration: Threshold Crossed',
  );
  expect(findingsOfWatch(states, emptySummary, sample())).toHaveLength(1);
});

test('deadlocks from before the first look are told and asked nobody about', () => {
  const summary = sampled(hourly(24), { deadlocks: 5 });

  expect(findingsOfWatch(quiet, summary, sample({ deadlocks: 2 }))).toMatchObject([
    { rule: 'deadlocks-before-watch', message: expect.stringMatching(/^3 deadlocks between the baseline/) },
  ]);
  expect(findingsOfWatch(quiet, summary, sample({ deadlocks: 5 }))).toEqual([]);
});

test('what nobody judges is not proved', () => {
  const states = { raised: [], unjudged: ['connections-near-limit'] };

  expect(answers(sampled(hourly(24)), watched(24), states)).toMatchObject({ '16.1': 'proved', '16.4': 'open' });
  expect(reasonOf('16.4', sampled(hourly(24)), watched(24), states)).toContain('connections-near-limit do not exist');
});

test('slow statements are named with the alarm about them', () => {
  const slow = [{ query: 'select 7', meanMs: 31, meanMsBefore: 10 }];
  const summary = addSample(sampled([1]), openedAt, sample({ at: hoursLater(2) }), slow);
  const states = { raised: [raised('statements-slower')], unjudged: [] };

  expect(reasonOf('16.3', summary, watched(2), states)).toBe(
    'Statements are slower than before: Threshold Crossed; mean 31.0 ms, was 10.0 ms: select 7',
  );
});

test('an alarm that ends the window early proves nothing of the other boxes', () => {
  const states = { raised: [raised('deadlocks')], unjudged: [] };

  expect(answers(sampled([1, 2]), watched(2), states)).toEqual({
    '16.1': 'failed',
    '16.2': 'open',
    '16.3': 'open',
    '16.4': 'open',
  });
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

test('a compute that slept for a part of the window was watched, and the boxes say for how long it slept', () => {
  const asleep = [10, 11, 12, 13].reduce(
    (summary, hours) => addSuspended(summary, openedAt, hoursLater(hours)),
    sampled(hourly(9)),
  );
  const summary = hourly(24)
    .filter((hour) => hour > 13)
    .reduce((so, hour) => seen(so, hour), asleep);

  expect(answers(summary, watched(24))).toMatchObject({ '16.1': 'proved', '16.4': 'proved' });
  expect(reasonOf('16.4', summary, watched(24))).toContain('the compute slept for 4.0 h of it and was not woken');
});

test('a compute that slept at every look shows nothing of the target', () => {
  const summary = hourly(24).reduce((so, hour) => addSuspended(so, openedAt, hoursLater(hour)), emptySummary);

  expect(answers(summary, watched(24))).toMatchObject({ '16.1': 'open', '16.3': 'open', '16.4': 'open' });
  expect(reasonOf('16.1', summary, watched(24))).toContain('slept at every look (24)');
});

test('a lost look is forgiven inside the window, and not at its end', () => {
  const lost = addUnreachable(sampled(hourly(23)), 'no answer at all');

  expect(decisiveAlarms(quiet, lost, false)).toEqual([]);
  expect(decisiveAlarms(quiet, lost, true)).toMatchObject([{ id: 'target-unreachable' }]);
  expect(answers(lost, watched(24 - 1 / 3_600_000))).toEqual({
    '16.1': 'open',
    '16.2': 'open',
    '16.3': 'open',
    '16.4': 'open',
  });
  expect(answers(lost, watched(24))).toEqual({
    '16.1': 'failed',
    '16.2': 'open',
    '16.3': 'failed',
    '16.4': 'failed',
  });
  expect(reasonOf('16.4', lost, watched(24))).toContain('no answer at all');
});

test('whether the window is over follows from its own end, however short it was', () => {
  const lost = addUnreachable(sampled([0.5]), 'no answer at all');

  expect(answers(lost, watched(1, { until: hoursLater(1) }))).toMatchObject({ '16.1': 'failed', '16.4': 'failed' });
  expect(answers(lost, watched(1, { until: hoursLater(2) }))).toMatchObject({ '16.1': 'open', '16.4': 'open' });
});

test('the facts of a box hold its alarms, and the times of the first and the last sample', () => {
  const judged = answerOf(monitor, '16.2', factsOf(sampled([1, 2]), watched(2), quiet));

  expect(judged?.facts).toEqual({
    alarms: alarms.filter(({ boxes }) => boxes.includes('16.2')).map(({ id }) => id),
    summary: { ...sampled([1, 2]), first: hoursLater(1), last: hoursLater(2) },
  });
});

test('without what was watched nothing is answered', () => {
  expect(answersOf(monitor, { ...watched(24), alarms: quiet })).toEqual([]);
});
