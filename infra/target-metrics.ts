/** The metrics of the target as CDK wants them: one period is one look. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alarm } from '#lambdas/alarms';
import { type MetricName, metricNamespace, metrics, targetDimension, targetDimensionOf } from '#lambdas/metrics';
import type { Config } from './config';
import { applicationErrors } from './constructs/application-errors';

export type TargetMetrics = {
  of(row: Pick<Alarm, 'metric' | 'statistic'>): IMetric;
  readonly names: readonly MetricName[];
  readonly period: Duration;
};

export const targetMetrics = (config: Config): TargetMetrics => {
  const period = Duration.minutes(config['monitor.sampleEveryMinutes']);
  const target = targetDimensionOf({
    projectId: config['neon.projectId'],
    branchId: config['neon.stagingBranchId'],
    database: config['neon.database'],
  });
  const looked = (metricName: MetricName) =>
    new Metric({ namespace: metricNamespace, metricName, dimensionsMap: { [targetDimension]: target } });
  const watchesLogs = config['monitor.logGroups'].length > 0;
  return {
    of: ({ metric, statistic }) => {
      const found = metrics[metric].source === 'look' ? looked(metric) : applicationErrors(config['installation.name']);
      return found.with({ statistic, period, label: metrics[metric].label });
    },
    names: (Object.keys(metrics) as MetricName[]).filter((name) => watchesLogs || metrics[name].source === 'look'),
    period,
  };
};
