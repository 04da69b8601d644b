import { createCloudWatchMetrics } from '#adapters/aws/cloudwatch-metrics';
import type { Settings } from '#lambdas/ports/ports';
import type { Metrics } from '#lambdas/ports/watching';

export const makeMetrics = ({ expected }: Settings): Metrics => createCloudWatchMetrics(expected);
