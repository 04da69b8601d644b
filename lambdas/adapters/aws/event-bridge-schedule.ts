import { createHash } from 'node:crypto';
import { CreateScheduleCommand, DeleteScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { count } from '#domain/count';
import { PlatformFailed } from '#domain/errors';
import type { Schedule } from '#lambdas/ports/people';
import { describeFailure, isNamed } from './aws-failure';

export type SampleTarget = {
  readonly groupName: string;
  readonly functionArn: string;
  /** The role that EventBridge Scheduler assumes to call the function. */
  readonly roleArn: string;
};

const minuteMs = 60_000;

/** EventBridge Scheduler takes 64 characters of `[A-Za-z0-9._-]`; longer names keep their head and get a hash. */
const scheduleNameOf = (name: string) =>
  /^[\w.-]{1,64}$/.test(name)
    ? name
    : `${name.replaceAll(/[^\w.-]/g, '-').slice(0, 47)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;

/** A rate has whole minutes. */
const minutesOf = (everySeconds: number) => Math.max(1, Math.ceil(everySeconds / 60));

const failed = (what: string, name: string, cause: unknown) =>
  new PlatformFailed(`the schedule "${name}" cannot be ${what}: ${describeFailure(cause)}`, { cause });

export const createEventBridgeSchedule = (client: SchedulerClient, target: SampleTarget): Schedule => ({
  create: async ({ name, everySeconds, until, input }) => {
    const minutes = minutesOf(everySeconds);
    // One interval and a minute longer than the window, so that the call that ends the window still comes.
    const endDate = new Date(until.getTime() + (minutes + 1) * minuteMs);
    try {
      await client.send(
        new CreateScheduleCommand({
          Name: scheduleNameOf(name),
          GroupName: target.groupName,
          ScheduleExpression: `rate(${count(minutes, 'minute')})`,
          EndDate: endDate,
          ActionAfterCompletion: 'DELETE',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: target.functionArn,
            RoleArn: target.roleArn,
            Input: JSON.stringify(input),
            // A sample that is minutes late says nothing about its time; the next one comes anyway.
            RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 120 },
          },
        }),
      );
    } catch (error) {
      if (!isNamed(error, 'ConflictException')) throw failed('made', name, error);
    }
  },
  remove: async (name) => {
    try {
      await client.send(new DeleteScheduleCommand({ Name: scheduleNameOf(name), GroupName: target.groupName }));
    } catch (error) {
      if (!isNamed(error, 'ResourceNotFoundException')) throw failed('removed', name, error);
    }
  },
});
