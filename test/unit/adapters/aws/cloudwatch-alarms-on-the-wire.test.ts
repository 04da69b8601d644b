/** The alarms over the wire: what the adapter sends and reads, against a strict double of CloudWatch. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { createCloudWatchAlarms } from '#adapters/aws/cloudwatch-alarms';
import { alarms as table } from '#lambdas/alarms';
import { testAlarms } from '#test/support/alarms-contract';
import { clientSettings, withAwsDouble } from '#test/support/aws-clients';
import type { AwsDouble } from '#test/support/aws-double/aws-double';
import type { AlarmState } from '#test/support/aws-double/cloudwatch';

const alarmsOn = (double: AwsDouble) =>
  createCloudWatchAlarms(new CloudWatchClient(clientSettings(double)), { namePrefix: 'shop-', table });

testAlarms("CloudWatch's alarms", (moves, work) =>
  withAwsDouble({}, async (double) => {
    const { alarms, turn } = double.cloudWatch;
    const put = (name: string, state: AlarmState) =>
      alarms.set(name, { name, state, kind: 'MetricAlarm', since: new Date(0) });
    for (const { id } of table) put(`shop-${id}`, 'OK');
    for (const { id, at, from, to } of moves) {
      put(`shop-${id}`, from);
      turn(`shop-${id}`, to, 'over the threshold', new Date(at));
    }
    await work(alarmsOn(double));
  }),
);

test('a role that may not read the alarms gets an error that says so, and asks only for what it needs', () =>
  withAwsDouble({ policies: new Map([['AKIATEST', []]]) }, async (double) => {
    await expect(alarmsOn(double).since(new Date())).rejects.toThrow(/cannot be read from CloudWatch: AccessDenied/);

    expect(new Set(double.asked.map(({ action }) => action))).toEqual(new Set(['cloudwatch:DescribeAlarms']));
    expect(double.asked.every(({ resource }) => resource.includes(':alarm:shop-'))).toBe(true);
  }));
