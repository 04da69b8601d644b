/** Where the monitoring window keeps its state. */
import { createHash } from 'node:crypto';
import { targetDimensionOf } from '#lambdas/metrics';
import type { Settings } from '#lambdas/ports';

export const watchKeys = (runId: string) => ({
  watch: `runs/${runId}/monitoring/watch.json`,
  summary: `runs/${runId}/monitoring/summary.json`,
});

/** Says which run's window was opened last for the target: an alarm knows the target only. */
export const windowKey = (target: Settings['expected']): string =>
  `windows/${createHash('sha256').update(targetDimensionOf(target)).digest('hex').slice(0, 32)}.json`;

export type WindowPointer = { readonly runId: string };
