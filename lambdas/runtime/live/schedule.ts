import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { createEventBridgeSchedule } from '#adapters/aws/event-bridge-schedule';
import type { Schedule, ScheduledFunction } from '#lambdas/ports/people';
import { type Environment, readText } from '../environment';

const variables: Readonly<Record<ScheduledFunction, string>> = {
  SampleActivity: 'SAMPLE_FUNCTION_ARN',
  RemindPostMortem: 'REMIND_FUNCTION_ARN',
};

export const makeSchedule = (environment: Environment): Schedule =>
  createEventBridgeSchedule(new SchedulerClient(), {
    groupName: readText(environment, 'SCHEDULE_GROUP', 'the name of a schedule group'),
    // Read when it is asked for: whoever only removes schedules has not all of them.
    functionArn: (calls) => readText(environment, variables[calls], `the ARN of the function ${calls}`),
    roleArn: readText(environment, 'SCHEDULE_ROLE_ARN', 'the ARN of the role that the schedule takes'),
  });
