import { type AlarmBook, alarmStateOf, emptyBook, enterLook } from '#domain/monitoring/alarm-book';
import { alarms, alarmsFor } from '#lambdas/alarms';
import type { Measurements } from '#lambdas/metrics';

const table = alarmsFor({ watchesLogs: false });
const minutesLater = (minutes: number) =>
  new Date(Date.parse('2026-11-22T08:00:00.000Z') + minutes * 60_000).toISOString();

/** Enters looks at these minutes, one every five being expected. */
const entered = (looks: readonly (readonly [number, Measurements])[], intervalSeconds = 300) =>
  looks.reduce(
    ({ book, moved }, [minutes, measurements]) => {
      const next = enterLook(book, table, { at: minutesLater(minutes), intervalSeconds, measurements });
      return { book: next.book, moved: [...moved, ...next.moved.map(({ id, to }) => `${minutes}: ${id} ${to}`)] };
    },
    { book: emptyBook, moved: [] as readonly string[] },
  );

const full = { ConnectionsUsed: 95 };
const free = { ConnectionsUsed: 10 };

test('an alarm is raised once, when enough looks are over the threshold, and comes down again', () => {
  const { moved } = entered([
    ...[0, 5, 10, 15].map((at) => [at, full] as const),
    ...[20, 25, 30].map((at) => [at, free] as const),
  ]);

  expect(moved).toEqual(['5: connections-near-limit ALARM', '25: connections-near-limit OK']);
});

test('the third look that gets no answer is an outage, and no two in a row are', () => {
  const away = { TargetUnreachable: 1 };
  const there = { TargetUnreachable: 0 };

  expect(
    entered([
      [0, away],
      [5, away],
      [10, there],
      [15, away],
      [20, away],
    ]).moved,
  ).toEqual([]);
  expect(entered([0, 5, 10].map((at) => [at, away] as const)).moved).toEqual(['10: target-unreachable ALARM']);
});

test('time in which nobody looked lets an alarm come down', () => {
  const { book } = entered([
    [0, full],
    [5, full],
    [60, {}],
  ]);

  expect(alarmStateOf(book, 'connections-near-limit').state).toBe('OK');
});

test('a look that comes late is still the next one', () => {
  const { moved } = entered(
    [
      [0, { TargetUnreachable: 1 }],
      [0.5, { TargetUnreachable: 1 }],
      [1, { TargetUnreachable: 1 }],
    ],
    0.5,
  );

  expect(moved).toEqual(['1: target-unreachable ALARM']);
});

test('a compute that sleeps raises nothing but the word that it sleeps', () => {
  const asleep = Array.from({ length: 20 }, (_, n) => [5 * n, { TargetUnreachable: 0, ComputeSuspended: 1 }] as const);

  expect(entered(asleep).moved).toEqual(['55: compute-suspended-long ALARM']);
});

test('a week of looks needs no more room than an hour of them', () => {
  const weekOf = (looks: number) =>
    entered(Array.from({ length: looks }, (_, n) => [5 * n, n % 10 < 5 ? full : free] as const)).book;
  const sizeOf = (book: AlarmBook) => JSON.stringify(book).length;

  expect(sizeOf(weekOf(2016))).toBeLessThan(sizeOf(weekOf(1008)) * 1.1);
  expect(weekOf(2016).periods.length).toBeLessThan(20);
});

test('without log groups there is no alarm on error lines, and no other is left out', () => {
  expect(alarms.filter((alarm) => !table.includes(alarm)).map(({ id }) => id)).toEqual(['application-errors']);
  expect(alarmsFor({ watchesLogs: true })).toEqual(alarms);
});
