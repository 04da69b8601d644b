/** Which locks of others are in the way, and what people read of who holds them. */
import { conflictsOf, endedInWords, inTheWayInWords, type SessionInTheWay } from '#domain/locks/in-the-way';
import { conflictsWith, lockModes } from '#domain/locks/lock-modes';

// PostgreSQL's documentation, table "Conflicting Lock Modes": one row and one column for each mode, in this order.
const documented = ['-------X', '------XX', '----XXXX', '---XXXXX', '--XX-XXX', '--XXXXXX', '-XXXXXXX', 'XXXXXXXX'];

test('each mode conflicts with those of the documentation, both ways', () => {
  const table = lockModes.map((mode) =>
    lockModes.map((other) => (conflictsWith(mode).includes(other) ? 'X' : '-')).join(''),
  );

  expect(table).toEqual(documented);
});

test('of several locks on one relation all conflicts count', () => {
  expect(
    conflictsOf([
      { relation: 'public.people', mode: 'AccessShareLock' },
      { relation: 'public.people', mode: 'RowShareLock' },
    ]),
  ).toEqual([{ relation: 'public.people', modes: ['AccessExclusiveLock', 'ExclusiveLock'] }]);
});

const session: SessionInTheWay = {
  ...{ processId: 7, startedAt: '2026-11-22T08:00:00.000001Z', application: 'report', role: 'app' },
  ...{ state: 'idle in transaction', transactionStart: '2026-11-22T08:00:00.000Z', queryStart: null },
  ...{ query: 'SELECT ?', waiting: 2 },
};

test('a session is told with its age, who waits for it and its query; one that the role may not see by what is known', () => {
  const unseen = { ...session, startedAt: null, state: null, transactionStart: null, query: null, waiting: 0 };
  const inTheWay = { at: '2026-11-22T10:10:00.000Z', tables: [], sessions: [session, unseen], prepared: [] };

  expect(inTheWayInWords(inTheWay)).toEqual([
    'process 7, application report, role app, idle in transaction, in its transaction for 2 h, 2 sessions wait for it, last query: SELECT ?',
    'process 7, application report, role app, state not visible to this role',
  ]);
});

test('what became of a session is told with what the server said', () => {
  const ended = { ...session, startedAt: '2026-11-22T08:00:00.000001Z', at: '2026-11-22T08:01:00.000Z' };

  expect(endedInWords({ ...ended, outcome: 'not ended', because: 'permission denied' })).toBe(
    'process 7, application report, role app could not be ended (permission denied)',
  );
});
