import { CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { createCloudWatchAlarms } from '#adapters/aws/cloudwatch-alarms';
import { type Alarm, findAlarm } from '#lambdas/alarms';
import { serviceError } from './s3-in-memory';

const opened = new Date('2026-11-22T08:00:00.000Z');
const before = new Date('2026-11-22T06:00:00.000Z');
const inside = new Date('2026-11-22T08:10:00.000Z');

const table: readonly Alarm[] = [findAlarm('connections-near-limit'), findAlarm('deadlocks')];

const openAlarms = () => {
  const client = new CloudWatchClient({ region: 'eu-central-1' });
  return { mock: mockClient(client), alarms: createCloudWatchAlarms(client, { namePrefix: 'Shop-', table }) };
};

const described = (id: string, StateValue: 'OK' | 'ALARM', StateTransitionedTimestamp: Date | undefined) => ({
  AlarmName: `Shop-${id}`,
  StateValue,
  StateReason: `reason of ${StateValue}`,
  ...(StateTransitionedTimestamp && { StateTransitionedTimestamp }),
});

const moved = (at: Date, from: string, to: string) => ({
  Timestamp: at,
  HistoryItemType: 'StateUpdate' as const,
  HistoryData: JSON.stringify({
    version: '1.0',
    oldState: { stateValue: from, stateReason: 'old words' },
    newState: { stateValue: to, stateReason: `Threshold Crossed: ${to}` },
  }),
});

test('alarms that have not moved since are not asked for their history', async () => {
  const { mock, alarms } = openAlarms();
  mock.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [described('connections-near-limit', 'OK', before), described('deadlocks', 'OK', before)],
  });

  expect(await alarms.since(opened)).toEqual({ raised: [], unjudged: [] });
  expect(mock.commandCalls(DescribeAlarmsCommand)[0]?.args[0].input).toEqual({
    AlarmNames: ['Shop-connections-near-limit', 'Shop-deadlocks'],
    AlarmTypes: ['MetricAlarm'],
    MaxRecords: 100,
  });
  expect(mock.commandCalls(DescribeAlarmHistoryCommand)).toEqual([]);
});

test.each([
  ['says that it moved', inside],
  ['does not say when it moved', undefined],
])('an alarm that %s is asked for its transitions, page by page', async (_, at) => {
  const { mock, alarms } = openAlarms();
  mock.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [described('connections-near-limit', 'OK', at), described('deadlocks', 'OK', before)],
  });
  mock
    .on(DescribeAlarmHistoryCommand)
    .resolvesOnce({ AlarmHistoryItems: [moved(inside, 'OK', 'ALARM')], NextToken: 'more' })
    .resolvesOnce({ AlarmHistoryItems: [moved(new Date('2026-11-22T08:20:00.000Z'), 'ALARM', 'OK')] });

  const { raised } = await alarms.since(opened);

  expect(raised).toEqual([
    {
      id: 'connections-near-limit',
      at: inside.toISOString(),
      wasUpBefore: false,
      reason: 'Threshold Crossed: ALARM',
    },
  ]);
  const [first, second] = mock.commandCalls(DescribeAlarmHistoryCommand).map((call) => call.args[0].input);
  const request = {
    AlarmName: 'Shop-connections-near-limit',
    HistoryItemType: 'StateUpdate',
    StartDate: opened,
    ScanBy: 'TimestampAscending',
  };
  expect(first).toMatchObject(request);
  expect(second).toMatchObject({ ...request, NextToken: 'more' });
});

test('an alarm that was up before the window is reported as such', async () => {
  const { mock, alarms } = openAlarms();
  mock.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [described('connections-near-limit', 'OK', before), described('deadlocks', 'ALARM', before)],
  });

  expect((await alarms.since(opened)).raised).toEqual([
    { id: 'deadlocks', at: before.toISOString(), reason: 'reason of ALARM', wasUpBefore: true },
  ]);
});

test('alarms that CloudWatch does not know are judged by nobody', async () => {
  const { mock, alarms } = openAlarms();
  mock.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [described('deadlocks', 'OK', before)] });

  expect(await alarms.since(opened)).toEqual({ raised: [], unjudged: ['connections-near-limit'] });
});

test.each([
  ['Throttling', 400, 'the service asked to slow down'],
  ['AccessDenied', 403, 'is not allowed to; deploy again'],
])('%s may be tried again and says what to do', async (name, status, remedy) => {
  const { mock, alarms } = openAlarms();
  mock.on(DescribeAlarmsCommand).rejects(serviceError(name, status));

  await expect(alarms.since(opened)).rejects.toMatchObject({
    name: 'PlatformFailed',
    retry: 'later',
    message: expect.stringMatching(
      new RegExp(`^the history of the alarms cannot be read from CloudWatch: ${name}.*${remedy}`),
    ),
  });
});
