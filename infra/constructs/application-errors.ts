/** Counts the error lines in the application's log groups, which exist already and stay as they are. */
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { metricNamespace } from '#lambdas/metrics';

/** As docs/operations.md says; a logger that writes JSON has the level in capitals or the name of the exception in it. */
const errorWords = ['ERROR', 'FATAL', 'Exception'];

const metricName = 'ApplicationErrors';

/** A metric filter cannot add a dimension, so it is the namespace that keeps two installations apart. */
const namespaceOf = (installation: string) => `${metricNamespace}/${installation}`;

export const applicationErrors = (installation: string): Metric =>
  new Metric({ namespace: namespaceOf(installation), metricName });

export const countApplicationErrors = (
  scope: Construct,
  { installation, logGroups }: { readonly installation: string; readonly logGroups: readonly string[] },
): void => {
  for (const logGroupName of logGroups)
    new MetricFilter(scope, `ErrorsIn${logGroupName.replaceAll('/', '-')}`, {
      logGroup: LogGroup.fromLogGroupName(scope, `Log${logGroupName.replaceAll('/', '-')}`, logGroupName),
      filterPattern: FilterPattern.anyTerm(...errorWords),
      metricNamespace: namespaceOf(installation),
      metricName,
      metricValue: '1',
      defaultValue: 0,
    });
};
