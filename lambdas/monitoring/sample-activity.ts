/** Called by the schedule: one look at the target, which others judge. At the window's end it answers the waiting execution. */
import { DatabaseUnreachable, PlatformFailed } from '#domain/errors';
import { measurementsOf, slowStatements, unseen } from '#domain/monitoring/measurements';
import type { ActivitySample } from '#domain/monitoring/sample';
import {
  addSample,
  addSuspended,
  addUnreachable,
  emptySummary,
  type Watch,
  type WatchSummary,
} from '#domain/monitoring/watch';
import type { Measurements } from '#lambdas/metrics';
import type { Ports } from '#lambdas/ports/ports';
import { readJson, readReferenced } from '#lambdas/record/json';
import { watchKeys } from '#lambdas/record/keys';
import { readWindow } from '#lambdas/record/window';
import type { SampleInput } from '#statemachine/contract';
import { deliverOutcome, endIfDecided } from './end-window';

type Seen = { readonly summary: WatchSummary; readonly measurements: Measurements };

const look = async (ports: Ports, { openedAt, baseline: ref }: Watch, soFar: WatchSummary): Promise<Seen> => {
  const baseline = await readReferenced<ActivitySample>(ports.store, ref);
  try {
    const seen = await ports.activity.look(baseline);
    if (seen.state === 'suspended') {
      const at = ports.clock.now().toISOString();
      return { summary: addSuspended(soFar, openedAt, at), measurements: unseen.suspended };
    }
    const { sample } = seen;
    const reference = { baseline, opening: soFar.first ?? sample, previous: soFar.last };
    const summary = addSample(soFar, openedAt, sample, slowStatements(sample, reference));
    return { summary, measurements: measurementsOf(sample, reference) };
  } catch (error) {
    // The platform that does not say where the target is keeps us from watching as much as the target itself.
    if (!(error instanceof DatabaseUnreachable || error instanceof PlatformFailed)) throw error;
    return { summary: addUnreachable(soFar, error.message), measurements: unseen.unreachable };
  }
};

export const run = async ({ runId }: SampleInput, ports: Ports): Promise<void> => {
  const window = await readWindow(ports, runId);
  if (!window) return ports.schedule.remove(`monitor-${runId}`);
  // The window has ended, and its outcome was not delivered.
  if (window.recorded) return deliverOutcome(ports, window.watch, window.recorded);
  const key = watchKeys(runId).summary;
  const soFar = (await readJson<WatchSummary>(ports.store, key)) ?? emptySummary;
  const { summary, measurements } = await look(ports, window.watch, soFar);
  await ports.store.write(key, `${JSON.stringify(summary)}\n`);
  await ports.metrics.put(measurements);
  // Asked at every look, so that an alarm whose event got lost costs one interval and not the window.
  await endIfDecided(ports, window.watch);
};
