/** Writes every call's duration and failure to CloudWatch in the embedded metric format: a log line, not a request. */
import { Metrics } from '@aws-lambda-powertools/metrics';
import { callDimensions, callMetrics, metricNamespace } from '#lambdas/metrics';

export type FinishedCall = {
  /** The deployed name, which distinguishes two installations. */
  readonly functionName: string;
  readonly durationMs: number;
  /** Null when the call succeeded. */
  readonly errorName: string | null;
};

const print = (
  dimensions: Readonly<Record<string, string>>,
  name: string,
  unit: 'Milliseconds' | 'Count',
  value: number,
) => {
  const writer = new Metrics({ namespace: metricNamespace, serviceName: 'runtime' });
  // Without the library's own dimension `service`.
  writer.clearDefaultDimensions();
  for (const [dimension, text] of Object.entries(dimensions)) writer.addDimension(dimension, text);
  writer.addMetric(name, unit, value);
  writer.publishStoredMetrics();
};

export const publishCall = ({ functionName, durationMs, errorName }: FinishedCall): void => {
  const dimensions = { [callDimensions.function]: functionName };
  print(dimensions, callMetrics.duration, 'Milliseconds', durationMs);
  if (errorName) print({ ...dimensions, [callDimensions.error]: errorName }, callMetrics.failures, 'Count', 1);
};
