import { CreateScheduleCommand, DeleteScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { createEventBridgeSchedule } from '#adapters/aws/event-bridge-schedule';
import type { ScheduledFunction } from '#lambdas/ports/people';
import { serviceError } from './s3-in-memory';

const openSchedule = () => {
  const client = new SchedulerClient({ region: 'eu-central-1' });
  const functionArn = (calls: ScheduledFunction) =>
    calls === 'SampleActivity' ? 'arn:aws:lambda:f' : 'arn:aws:lambda:g';
  const target = { groupName: 'checklist', functionArn, roleArn: 'arn:aws:iam::r' };
  return { mock: mockClient(client), schedule: createEventBridgeSchedule(client, target) };
};

const window = {
  name: 'monitor-run-1',
  calls: 'SampleActivity' as const,
  everySeconds: 300,
  until: new Date('2026-11-23T08:00:00Z'),
  input: { runId: 'run-1' },
};

test('a schedule calls the function until one call has found the window over, then deletes itself', async () => {
  const { mock, schedule } = openSchedule();
  mock.on(CreateScheduleCommand).resolves({});

  await schedule.create(window);

  expect(mock.commandCalls(CreateScheduleCommand)[0]?.args[0].input).toEqual({
    Name: 'monitor-run-1',
    GroupName: 'checklist',
    ScheduleExpression: 'rate(5 minutes)',
    EndDate: new Date('2026-11-23T08:06:00Z'),
    ActionAfterCompletion: 'DELETE',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: 'arn:aws:lambda:f',
      RoleArn: 'arn:aws:iam::r',
      Input: '{"runId":"run-1"}',
      RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 120 },
    },
  });
});

test('what begins later calls its own function from that hour on, and is asked for longer when it is refused', async () => {
  const { mock, schedule } = openSchedule();
  mock.on(CreateScheduleCommand).resolves({});
  const from = new Date('2026-11-24T08:00:00Z');

  await schedule.create({ ...window, calls: 'RemindPostMortem', everySeconds: 86_400, from });

  expect(mock.commandCalls(CreateScheduleCommand)[0]?.args[0].input).toMatchObject({
    ScheduleExpression: 'rate(1440 minutes)',
    StartDate: from,
    Target: { Arn: 'arn:aws:lambda:g', RetryPolicy: { MaximumEventAgeInSeconds: 43_200 } },
  });
});

test.each([
  [1, 'rate(1 minute)'],
  [60, 'rate(1 minute)'],
  [61, 'rate(2 minutes)'],
])('every %i seconds is %s: a rate has whole minutes', async (everySeconds, expression) => {
  const { mock, schedule } = openSchedule();
  mock.on(CreateScheduleCommand).resolves({});

  await schedule.create({ ...window, everySeconds });

  expect(mock.commandCalls(CreateScheduleCommand)[0]?.args[0].input.ScheduleExpression).toBe(expression);
});

test('a name that EventBridge Scheduler does not take is shortened, always in the same way', async () => {
  const { mock, schedule } = openSchedule();
  mock.onAnyCommand().resolves({});
  const long = `monitor-${'x'.repeat(80)}`;

  await schedule.create({ ...window, name: long });
  await schedule.create({ ...window, name: `${long}y` });
  await schedule.remove(long);

  const made = mock.commandCalls(CreateScheduleCommand).map((call) => call.args[0].input.Name ?? '');
  const removed = mock.commandCalls(DeleteScheduleCommand)[0]?.args[0].input;
  for (const name of made) expect(name).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  expect(made[0]).not.toBe(made[1]);
  expect(removed).toEqual({ Name: made[0], GroupName: 'checklist' });
});

test('a schedule that is there already is fine, and so is one that is gone already', async () => {
  const { mock, schedule } = openSchedule();
  mock.on(CreateScheduleCommand).rejects(serviceError('ConflictException', 409));
  mock.on(DeleteScheduleCommand).rejects(serviceError('ResourceNotFoundException', 404));

  await expect(schedule.create(window)).resolves.toBeUndefined();
  await expect(schedule.remove(window.name)).resolves.toBeUndefined();
});

test('what else goes wrong names the schedule and may be tried again', async () => {
  const { mock, schedule } = openSchedule();
  mock.onAnyCommand().rejects(serviceError('AccessDeniedException', 403, 'not authorized'));

  const failure = { name: 'PlatformFailed', retry: 'later' };
  await expect(schedule.create(window)).rejects.toMatchObject({
    ...failure,
    message: expect.stringMatching(/^the schedule "monitor-run-1" cannot be made: AccessDeniedException \(403\)/),
  });
  await expect(schedule.remove('monitor-run-1')).rejects.toMatchObject({
    ...failure,
    message: expect.stringContaining('cannot be removed'),
  });
});
