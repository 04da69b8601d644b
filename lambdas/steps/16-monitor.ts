import { seal } from '#domain/approvals/seal';
import type { Watch } from '#domain/monitoring/watch';
import type { Ports } from '#lambdas/ports/ports';
import { requireClosedList } from '#lambdas/record/closed-list';
import { refuseClosedRun } from '#lambdas/record/closing';
import { readJson } from '#lambdas/record/json';
import { watchKeys, windowKey } from '#lambdas/record/keys';
import type { WindowPointer } from '#lambdas/record/window';
import type { MonitorInput } from '#statemachine/contract';

/** 15 min: the schedule outlives the window, so that the sample which closes it always comes; that one removes it. */
const graceMs = 15 * 60_000;

/** A repeated call keeps the window that is open, and only its token is new: if it has ended meanwhile, the next look says so. */
const hours = async ({ store, clock }: Ports, { runId, monitorSeconds }: MonitorInput['run']) => {
  const earlier = await readJson<Watch>(store, watchKeys(runId).watch);
  if (earlier) return { openedAt: earlier.openedAt, until: earlier.until };
  const openedAt = clock.now();
  return {
    openedAt: openedAt.toISOString(),
    until: new Date(openedAt.getTime() + monitorSeconds * 1000).toISOString(),
  };
};

/** Opens the window. The schedule's samples answer the task token, so nothing waits here. */
export const run = async (input: MonitorInput, ports: Ports): Promise<{ readonly until: string }> => {
  const { runId } = input.run;
  await refuseClosedRun(ports.store, runId);
  await requireClosedList(ports.store, { runId, name: '16-monitor', previous: input.previous });
  const watch: Watch = {
    runId,
    ...(await hours(ports, input.run)),
    baseline: input.baseline,
    previous: input.previous,
    sealedToken: seal(await ports.secrets.watchKey(), { runId, stage: 'monitor' }, input.taskToken),
  };
  await ports.store.write(watchKeys(runId).watch, `${JSON.stringify(watch)}\n`);
  const pointer: WindowPointer = { runId };
  await ports.store.write(windowKey(ports.settings.expected), `${JSON.stringify(pointer)}\n`);
  await ports.schedule.create({
    name: `monitor-${runId}`,
    calls: 'SampleActivity',
    everySeconds: ports.settings.sampleIntervalSeconds,
    until: new Date(Date.parse(watch.until) + graceMs),
    input: { runId },
  });
  return { until: watch.until };
};
