import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { createCloudWatchAlarms } from '#adapters/aws/cloudwatch-alarms';
import { alarmsFor } from '#lambdas/alarms';
import type { Settings } from '#lambdas/ports/ports';
import type { Alarms } from '#lambdas/ports/watching';
import { type Environment, readText } from '../environment';

export const makeAlarms = (environment: Environment, { applicationLogGroups }: Settings): Alarms =>
  createCloudWatchAlarms(new CloudWatchClient(), {
    namePrefix: readText(environment, 'ALARM_NAME_PREFIX', "what precedes an alarm's id in its name"),
    table: alarmsFor({ watchesLogs: applicationLogGroups.length > 0 }),
  });
