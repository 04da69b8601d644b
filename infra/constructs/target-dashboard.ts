/** One page about the target: whether it is up, and every metric with its threshold. */
import {
  type Alarm,
  AlarmStatusWidget,
  type CompositeAlarm,
  Dashboard,
  GraphWidget,
  MathExpression,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alarms } from '#lambdas/alarms';
import {
  callDimensions,
  callMetrics,
  type MetricName,
  metricNamespace,
  metrics as metricTable,
} from '#lambdas/metrics';
import type { TargetMetrics } from '../target-metrics';

export type DashboardProps = {
  readonly name: string;
  readonly alarms: readonly Alarm[];
  readonly composite: CompositeAlarm;
  readonly metrics: TargetMetrics;
};

const graphOf = (name: MetricName, metrics: TargetMetrics) => {
  const rows = alarms.filter(({ metric }) => metric === name);
  return new GraphWidget({
    title: metricTable[name].label,
    width: 8,
    height: 6,
    left: [metrics.of({ metric: name, statistic: rows[0]?.statistic ?? 'Maximum' })],
    leftYAxis: { min: 0, label: metricTable[name].unit, showUnits: false },
    leftAnnotations: rows.map(({ threshold, title }) => ({ value: threshold, label: title })),
    period: metrics.period,
  });
};

/** A search expression, so that a new function, or an error that never occurred before, appears by itself. */
const graphOfCalls = (title: string, name: string, statistic: string, dimensions: readonly string[]) => {
  const searched = `{${[metricNamespace, ...dimensions].join(',')}} MetricName="${name}"`;
  const expression = `SEARCH('${searched}', '${statistic}')`;
  return new GraphWidget({ title, width: 12, height: 6, left: [new MathExpression({ expression, usingMetrics: {} })] });
};

export const makeDashboard = (scope: Construct, { name, alarms: all, composite, metrics }: DashboardProps): void => {
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: name,
    // The longest window.
    start: '-P2D',
    periodOverride: PeriodOverride.INHERIT,
  });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 4, alarms: [composite, ...all] }));
  dashboard.addWidgets(...metrics.names.map((one) => graphOf(one, metrics)));
  dashboard.addWidgets(
    graphOfCalls('Longest calls, ms', callMetrics.duration, 'Maximum', [callDimensions.function]),
    graphOfCalls('Failed calls', callMetrics.failures, 'Sum', [callDimensions.function, callDimensions.error]),
  );
};
