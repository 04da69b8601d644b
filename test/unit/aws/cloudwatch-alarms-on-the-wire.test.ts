/** The alarms over the wire: what the adapter sends and reads, against a strict double of CloudWatch. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { createCloudWatchAlarms } from '#adapters/aws/cloudwatch-alarms';
import { alarms as table } from '#lambdas/alarms';
import { testAlarms } from '../../support/alarms-contract';
import { clientSettings, withAwsDouble } from '../../support/aws-clients';
import type { AwsDouble } from '../../support/aws-double/aws-double';

const alarmsOn = (double: AwsDouble) =>
  createCloudWatchAlarms(new CloudWatchClient(clientSettings(double)), { namePrefix: 'shop-', table });

testAlarms("CloudWatch's alarms", (moves, work) =>
  withAwsDouble({}, async (double) => {
    const { alarms, history } = double.cloudWatch;
    for (const { id } of table) alarms.set(`shop-${id}`, { name: `shop-${id}`, kind: 'MetricAlarm', state: 'OK' });
    for (const { id, at, from, to } of moves) {
      history.push({ name: `shop-${id}`, at: new Date(at), from, to });
      alarms.set(`shop-${id}`, { name: `shop-${id}`, kind: 'MetricAlarm', state: to });
    }
    await work(alarmsOn(double));
  }),
);

test('a role that may not ask is told so, and asks for what it needs only', () =>
  withAwsDouble({ policies: new Map([['AKIATEST', []]]) }, async (double) => {
    await expect(alarmsOn(double).since(new Date())).rejects.toThrow(/does not say what the alarms did: AccessDenied/);

    expect(new Set(double.asked.map(({ action }) => action))).toEqual(new Set(['cloudwatch:DescribeAlarms']));
    expect(double.asked.every(({ resource }) => resource.includes(':alarm:shop-'))).toBe(true);
  }));
