/** What every implementation of the port Alarms must say. */
import type { AlarmState } from '#domain/monitoring/alarm-states';
import type { Alarms } from '#lambdas/ports/watching';

export type Move = { readonly id: string; readonly at: string; readonly from: AlarmState; readonly to: AlarmState };

/** Hands over the port with alarms that have moved so, oldest first. */
export type WithAlarms = (moves: readonly Move[], work: (alarms: Alarms) => Promise<void>) => Promise<void>;

const opened = '2026-11-22T08:00:00.000Z';
const before = '2026-11-22T06:00:00.000Z';
const inside = '2026-11-22T08:10:00.000Z';
const later = '2026-11-22T08:20:00.000Z';

const rise = (at: string, id = 'deadlocks'): Move => ({ id, at, from: 'OK', to: 'ALARM' });
const fall = (at: string, id = 'deadlocks'): Move => ({ id, at, from: 'ALARM', to: 'OK' });

const raisedInside = [{ id: 'deadlocks', at: inside, wasUpBefore: false }];
const wasUp = [{ id: 'deadlocks', wasUpBefore: true }];

const cases: readonly (readonly [string, readonly Move[], readonly unknown[]])[] = [
  ['nothing of alarms that never moved', [], []],
  ['nothing of one that came down before', [rise(before), fall(before)], []],
  ['one that was raised since', [rise(inside)], raisedInside],
  ['one that was raised at that very moment', [rise(opened)], [{ at: opened, wasUpBefore: false }]],
  ['one that was raised since and came down', [rise(inside), fall(later)], raisedInside],
  ['one that was up already, as such', [rise(before)], wasUp],
  ['one that was up already and came down, as such', [rise(before), fall(inside)], wasUp],
  ['one that was up, came down and rose anew', [rise(before), fall(opened), rise(inside)], raisedInside],
  [
    'every one that was raised',
    [rise(inside), rise(later, 'statements-slower')],
    [...raisedInside, { id: 'statements-slower', at: later, wasUpBefore: false }],
  ],
];

export const testAlarms = (name: string, withAlarms: WithAlarms): void => {
  test.each(cases)(`${name} report %s`, (_, moves, expected) =>
    withAlarms(moves, async (alarms) => {
      const { raised, unjudged } = await alarms.since(new Date(opened));

      expect(raised).toMatchObject(expected);
      expect(raised).toHaveLength(expected.length);
      expect(unjudged).toEqual([]);
    }),
  );
};
