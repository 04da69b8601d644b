import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Transition } from '#domain/monitoring/alarm-states';
import { createLocalAlarms, type LocalAlarmsOptions } from '#local/alarm-file';
import type { AlarmEvent } from '#statemachine/contract';
import { testAlarms } from '#test/support/alarms-contract';
import { fakeClock } from '#test/support/fake-ports';
import { withFolder } from '#test/support/with-folder';

const opened = new Date('2026-11-22T08:00:00.000Z');

const openIn = (folder: string, differing: Partial<LocalAlarmsOptions> = {}) => {
  const clock = fakeClock();
  const events: AlarmEvent[] = [];
  const errors: Error[] = [];
  const local = createLocalAlarms({
    file: path.join(folder, 'alarms.json'),
    intervalSeconds: 300,
    clock,
    onAlarm: async (event) => {
      events.push(event);
    },
    onError: (error) => errors.push(error),
    ...differing,
  });
  const put = (connections: number) => {
    clock.advance(300);
    return local.metrics.put({ ConnectionsUsed: connections });
  };
  return { ...local, events, errors, put };
};

testAlarms('the local alarms', (moves, work) =>
  withFolder(async (folder) => {
    const transitions: Record<string, Transition[]> = {};
    for (const { id, ...move } of moves)
      transitions[id] = [...(transitions[id] ?? []), { ...move, reason: 'it moved' }];
    await writeFile(path.join(folder, 'alarms.json'), JSON.stringify({ lastLookAt: null, periods: [], transitions }));
    await work(openIn(folder).alarms);
  }),
);

test('the event of an alarm that is raised is the one that EventBridge hands over, and comes once', () =>
  withFolder(async (folder) => {
    const { put, events, alarms } = openIn(folder);

    for (const used of [95, 96, 97, 98]) await put(used);

    expect(events).toEqual([{ alarmName: 'connections-near-limit', state: 'ALARM', at: '2026-11-22T08:10:00.000Z' }]);
    expect(await alarms.since(opened)).toEqual({
      raised: [
        {
          id: 'connections-near-limit',
          at: '2026-11-22T08:10:00.000Z',
          wasUpBefore: false,
          reason:
            'Threshold Crossed: 2 out of the last 3 datapoints [95, 96], 1 without data were greater than the threshold (80)',
        },
      ],
      unjudged: [],
    });
  }));

test('an alarm that comes down calls nobody, and is remembered as raised', () =>
  withFolder(async (folder) => {
    const { put, events, alarms } = openIn(folder);

    for (const used of [95, 96, 10, 10]) await put(used);

    expect(events).toHaveLength(1);
    expect((await alarms.since(opened)).raised).toMatchObject([{ wasUpBefore: false }]);
    expect((await alarms.since(new Date('2026-11-22T08:12:00.000Z'))).raised).toMatchObject([{ wasUpBefore: true }]);
    expect((await alarms.since(new Date('2026-11-22T09:00:00.000Z'))).raised).toEqual([]);
  }));

test('the next start continues with the earlier datapoints', () =>
  withFolder(async (folder) => {
    await openIn(folder).put(95);
    const { put, events } = openIn(folder);

    await put(96);

    expect(events).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['alarms.json']);
  }));

test('two looks at once forget nothing of each other', () =>
  withFolder(async (folder) => {
    const { put, events } = openIn(folder);

    await Promise.all([put(95), put(96)]);

    expect(events).toHaveLength(1);
  }));

test('an event that could not be delivered is reported, and the alarm is known all the same', () =>
  withFolder(async (folder) => {
    const { put, errors, alarms } = openIn(folder, { onAlarm: () => Promise.reject(new Error('no such run')) });

    for (const used of [95, 96]) await put(used);

    expect(errors.map(({ message }) => message)).toEqual(['no such run']);
    expect((await alarms.since(opened)).raised).toHaveLength(1);
  }));

test('before the first look nothing was raised', () =>
  withFolder(async (folder) => {
    expect(await openIn(folder).alarms.since(opened)).toEqual({ raised: [], unjudged: [] });
  }));
