import { addSample, addSuspended, addUnreachable, emptySummary } from '#domain/monitoring/watch';
import { sample } from './samples';

const openedAt = '2026-11-22T08:00:00.000Z';
const hoursLater = (hours: number) => new Date(Date.parse(openedAt) + hours * 3_600_000).toISOString();

test('a look that is answered ends the row of lost ones', () => {
  const twice = addUnreachable(addUnreachable(emptySummary, 'x'), 'y');

  expect(twice).toMatchObject({ unreachable: 2, unreachableBecause: 'y' });
  expect(addSample(twice, openedAt, sample({ at: hoursLater(1) }), [])).toMatchObject({
    unreachable: 0,
    unreachableBecause: null,
  });
  expect(addSuspended(twice, openedAt, hoursLater(1))).toMatchObject({ unreachable: 0 });
});

test('the summary keeps the first, the last and the worst of all samples, and nothing else of them', () => {
  const values = [
    sample({ at: hoursLater(1), connections: 20, lockWaits: 1, longestTransactionMs: 7 }),
    sample({ at: hoursLater(4), connections: 30, lockWaits: 4, longestTransactionMs: 9 }),
    sample({ at: hoursLater(5), connections: 10, lockWaits: 0, longestTransactionMs: 8 }),
  ];
  const summary = values.reduce((so, one) => addSample(so, openedAt, one, []), emptySummary);

  expect(summary).toEqual({
    samples: 3,
    first: values[0],
    last: values[2],
    slow: [],
    suspended: 0,
    suspendedMs: 0,
    mostConnections: 30,
    mostLockWaits: 4,
    longestTransactionMs: 9,
    longestGapMs: 3 * 3_600_000,
    answeredAt: hoursLater(5),
    unreachable: 0,
    unreachableBecause: null,
  });
});
