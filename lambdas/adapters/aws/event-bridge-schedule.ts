import { createHash } from 'node:crypto';
import { CreateScheduleCommand, DeleteScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { count } from '#domain/count';
import { PlatformFailed } from '#domain/errors';
import type { Schedule, ScheduledFunction } from '#lambdas/ports/people';
import { describeFailure, isNamed } from './aws-failure';

export type ScheduleTarget = {
  readonly groupName: string;
  functionArn(calls: ScheduledFunction): string;
  /** The role that EventBridge Scheduler assumes to call the functions. */
  readonly roleArn: string;
};

/** How long Lambda may refuse an event before the call is given up. */
const retries: Readonly<
  Record<ScheduledFunction, { readonly MaximumRetryAttempts: number; readonly MaximumEventAgeInSeconds: number }>
> = {
  // A sample that is minutes late says nothing about its time; the next one comes anyway.
  SampleActivity: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 120 },
  // The next one comes a day later; half a day late is better than not at all.
  RemindPostMortem: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 43_200 },
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

export const createEventBridgeSchedule = (client: SchedulerClient, target: ScheduleTarget): Schedule => ({
  create: async ({ name, calls, everySeconds, from, until, input }) => {
    const minutes = minutesOf(everySeconds);
    // One interval and a minute longer than the window, so that the call that ends the window still comes.
    const endDate = new Date(until.getTime() + (minutes + 1) * minuteMs);
    try {
      await client.send(
        new CreateScheduleCommand({
          Name: scheduleNameOf(name),
          GroupName: target.groupName,
          ScheduleExpression: `rate(${count(minutes, 'minute')})`,
          ...(from && { StartDate: from }),
          EndDate: endDate,
          ActionAfterCompletion: 'DELETE',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: target.functionArn(calls),
            RoleArn: target.roleArn,
            Input: JSON.stringify(input),
            RetryPolicy: retries[calls],
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
