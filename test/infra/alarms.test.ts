import { alarmsFor, compositeAlarm, runbookOf } from '#lambdas/alarms';
import { metricNamespace, metrics } from '#lambdas/metrics';
import { workflowAlarms } from '#lambdas/workflow-alarms';
import { config, dataKey, onlyOne, type Resource, resourcesByStack, resourcesOf } from './template';

const inTemplate = Object.entries(resourcesOf('AWS::CloudWatch::Alarm'));
const table = alarmsFor({ watchesLogs: config['monitor.logGroups'].length > 0 });
const topic = { Ref: expect.stringMatching(/^OnCall/) };

const alarmOf = (id: string) =>
  inTemplate.find(([, { Properties }]) => Properties['AlarmName'] === `MigrationChecklist-${id}`) as [string, Resource];

/** CloudWatch takes the metric either in the alarm or in a list beside it. */
const measuredBy = ({ Properties }: Resource) => {
  const [listed] = (Properties['Metrics'] ?? []) as {
    MetricStat: { Metric: Record<string, unknown>; Stat: string; Period: number };
  }[];
  return listed
    ? { ...listed.MetricStat.Metric, Statistic: listed.MetricStat.Stat, Period: listed.MetricStat.Period }
    : Properties;
};

test('the template has the alarms of the table and no others', () => {
  const names = inTemplate.map(([, { Properties }]) => Properties['AlarmName']);

  expect(names.sort()).toEqual([...table, ...workflowAlarms].map(({ id }) => `MigrationChecklist-${id}`).sort());
});

test.each([...table, ...workflowAlarms].map((row) => [row.id, row] as const))(
  '%s is judged as the table says, and links its section of the runbook',
  (id, row) => {
    const [, alarm] = alarmOf(id);

    expect(alarm.Properties).toMatchObject({
      Threshold: row.threshold,
      ComparisonOperator: row.comparison,
      TreatMissingData: row.missingData,
      EvaluationPeriods: row.periods,
      DatapointsToAlarm: row.datapointsToAlarm,
      AlarmDescription: expect.stringContaining(runbookOf(row)),
    });
    expect(measuredBy(alarm)).toMatchObject({ MetricName: row.metric, Statistic: row.statistic });
  },
);

test('what a look measures has the target as its dimension, and one period is one look', () => {
  const looks = table.filter((row) => metrics[row.metric].source === 'look');

  expect(looks.length).toBeGreaterThan(1);
  for (const { id, metric } of looks)
    expect({ metric, ...measuredBy(alarmOf(id)[1]) }).toMatchObject({
      Namespace: metricNamespace,
      Dimensions: [{ Name: 'Target', Value: 'quiet-river-12345678/br-cold-sun-a1b2c3d4/app' }],
      Period: config['monitor.sampleEveryMinutes'] * 60,
    });
});

test('the composite alarm is up while any critical one is, and no other', () => {
  const rule = JSON.stringify(onlyOne('AWS::CloudWatch::CompositeAlarm').Properties['AlarmRule']);

  const inside = table.filter(({ id }) => rule.includes(`"${alarmOf(id)[0]}"`)).map(({ id }) => id);
  expect(inside.length).toBeGreaterThan(1);
  expect(inside).toEqual(table.filter(({ severity }) => severity === 'critical').map(({ id }) => id));
  for (const { id } of workflowAlarms) expect(rule).not.toContain(alarmOf(id)[0]);
});

test('every alarm outside the composite one notifies the person on call, and so does the composite one', () => {
  const critical = table.filter(({ severity }) => severity === 'critical').map(({ id }) => alarmOf(id)[1]);
  const others = inTemplate.map(([, alarm]) => alarm).filter((alarm) => !critical.includes(alarm));

  expect(critical.length).toBeGreaterThan(1);
  expect(others.length).toBeGreaterThan(1);
  for (const alarm of [...others, onlyOne('AWS::CloudWatch::CompositeAlarm')])
    expect(alarm.Properties['AlarmActions']).toEqual([topic]);
  for (const alarm of critical) expect(alarm.Properties).not.toHaveProperty('AlarmActions');
  expect(onlyOne('AWS::SNS::Subscription').Properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'oncall@example.com',
    TopicArn: topic,
  });
});

test('alarms may publish to the encrypted topic, and use its key', () => {
  expect(onlyOne('AWS::SNS::Topic').Properties['KmsMasterKeyId']).toBeDefined();
  expect(onlyOne('AWS::SNS::TopicPolicy').Properties).toMatchObject({
    PolicyDocument: {
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
  const { Statement } = dataKey().Properties['KeyPolicy'] as { Statement: object[] };
  expect(Statement).toContainEqual(expect.objectContaining({ Principal: { Service: 'cloudwatch.amazonaws.com' } }));
});

test('the composite alarm, and no other, wakes the waiting execution with what OnAlarm reads', () => {
  const rule = Object.values(resourcesByStack.monitoring).find(({ Type }) => Type === 'AWS::Events::Rule');

  expect(onlyOne('AWS::CloudWatch::CompositeAlarm').Properties['AlarmName']).toBe(
    `MigrationChecklist-${compositeAlarm.id}`,
  );
  expect(rule?.Properties).toMatchObject({
    EventPattern: {
      source: ['aws.cloudwatch'],
      resources: [{ 'Fn::GetAtt': [expect.stringMatching(/^AlarmsComposite/), 'Arn'] }],
      detail: { state: { value: ['ALARM'] } },
    },
    Targets: [
      {
        InputTransformer: {
          InputTemplate: '{"alarmName":<detail-alarmName>,"state":<detail-state-value>,"at":<time>}',
        },
      },
    ],
  });
});

test('error lines are counted in the configured log groups into the metric of the alarm', () => {
  const filters = Object.values(resourcesOf('AWS::Logs::MetricFilter')).map(({ Properties }) => Properties);
  const { MetricName, Namespace } = measuredBy(alarmOf('application-errors')[1]) as Record<string, unknown>;

  expect(filters.length).toBeGreaterThan(0);
  expect(filters.map(({ LogGroupName }) => LogGroupName)).toEqual(config['monitor.logGroups']);
  for (const filter of filters)
    expect(filter).toMatchObject({
      FilterPattern: '?"ERROR" ?"FATAL" ?"Exception"',
      MetricTransformations: [{ MetricName, MetricNamespace: Namespace, MetricValue: '1' }],
    });
});

test('the dashboard finds the calls of every function where the runtime counts them', () => {
  const body = JSON.stringify(onlyOne('AWS::CloudWatch::Dashboard').Properties['DashboardBody']);

  expect(body).toContain('{MigrationChecklist,Function} MetricName=');
  expect(body).toContain('{MigrationChecklist,Function,Error} MetricName=');
});

test('the dashboard shows every metric of a look with the line that it must not cross', () => {
  const body = JSON.stringify(onlyOne('AWS::CloudWatch::Dashboard').Properties['DashboardBody']);

  for (const { label } of Object.values(metrics)) expect(body).toContain(label);
  for (const { title } of table) expect(body).toContain(title);
});
