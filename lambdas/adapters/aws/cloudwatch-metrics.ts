/** Prints a sample in CloudWatch's embedded metric format: the log line becomes the metrics, without a call. */
import { Metrics as EmbeddedMetrics } from '@aws-lambda-powertools/metrics';
import { type MetricName, metricNamespace, metrics, targetDimension, targetDimensionOf } from '#lambdas/metrics';
import type { Settings } from '#lambdas/ports/ports';
import type { Metrics } from '#lambdas/ports/watching';

/** A writer without the dimension `service`, which the library adds: the alarms know one dimension, the target. */
const writerFor = (target: string) => {
  const writer = new EmbeddedMetrics({ namespace: metricNamespace, serviceName: 'SampleActivity' });
  writer.clearDefaultDimensions();
  writer.addDimension(targetDimension, target);
  return writer;
};

export const createCloudWatchMetrics = (target: Settings['expected']): Metrics => ({
  put: async (measurements) => {
    // One for each sample: a sample that failed half-way leaves nothing behind for the next.
    const writer = writerFor(targetDimensionOf(target));
    for (const [name, value] of Object.entries(measurements))
      writer.addMetric(name, metrics[name as MetricName].unit, value);
    writer.publishStoredMetrics();
  },
});
