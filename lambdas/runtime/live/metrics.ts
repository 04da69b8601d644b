import { createCloudWatchMetrics } from '#adapters/aws/cloudwatch-metrics';
import type { Metrics, Settings } from '#lambdas/ports';

export const makeMetrics = ({ expected }: Settings): Metrics => createCloudWatchMetrics(expected);
