import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { createEventBridgeSchedule } from '#adapters/aws/event-bridge-schedule';
import type { Schedule } from '#lambdas/ports/people';
import { type Environment, readText } from '../environment';

export const makeSchedule = (environment: Environment): Schedule =>
  createEventBridgeSchedule(new SchedulerClient(), {
    groupName: readText(environment, 'SCHEDULE_GROUP', 'the name of a schedule group'),
    functionArn: readText(environment, 'SAMPLE_FUNCTION_ARN', 'the ARN of the function SampleActivity'),
    roleArn: readText(environment, 'SCHEDULE_ROLE_ARN', 'the ARN of the role that the schedule takes'),
  });
