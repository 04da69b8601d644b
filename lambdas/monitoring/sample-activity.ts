/** Called by the schedule: one look at the target; at an alarm or at the window's end it answers the waiting execution. */
import type { MonitorOutcome, SampleInput } from '../../statemachine/contract';
import { unseal } from '../domain/approvals/seal';
import { DatabaseUnreachable, TaskNoLongerWaiting } from '../domain/errors';
import { raiseAlarms } from '../domain/monitoring/alarms';
import type { ActivitySample } from '../domain/monitoring/sample';
import {
  addSample,
  countUnreachable,
  emptySummary,
  judgeWatch,
  type Watch,
  type WatchSummary,
} from '../domain/monitoring/watch';
import { evidenceOfStep, readReferenced, recordEvidence } from '../evidence';
import type { Ports } from '../ports';
import { watchKeys } from './watch-keys';

const readJson = async <T>(ports: Ports, key: string): Promise<T | null> => {
  const bytes = await ports.store.read(key);
  return bytes && (JSON.parse(bytes.toString('utf8')) as T);
};

const finish = async (ports: Ports, watch: Watch, summary: WatchSummary): Promise<void> => {
  const evidence = await recordEvidence(ports, {
    ...evidenceOfStep(16),
    ...{ runId: watch.runId, startedAt: watch.openedAt, findings: [], error: null },
    previous: watch.previous.map(({ sha256 }) => sha256),
    boxes: judgeWatch(summary, (Date.parse(watch.until) - Date.parse(watch.openedAt)) / 1000),
    facts: { until: watch.until, summary },
  });
  const raised = summary.raised.map(({ title, details }) => `${title}: ${details.join('; ')}`);
  const outcome: MonitorOutcome = {
    evidence,
    outcome: raised.length > 0 ? 'alarm' : 'quiet',
    summary: raised.join('; ') || `${summary.samples} samples, no alarm`,
  };
  const token = unseal(await ports.secrets.linkKey(), { runId: watch.runId, stage: 'monitor' }, watch.sealedToken);
  try {
    await ports.callback.succeed(token, outcome);
  } catch (error) {
    // An earlier sample has answered, or the execution was stopped: then only the schedule is left to be removed.
    if (!(error instanceof TaskNoLongerWaiting)) throw error;
  }
  await ports.schedule.remove(`monitor-${watch.runId}`);
};

const look = async (
  ports: Ports,
  soFar: WatchSummary,
  baseline: ActivitySample,
  isLast: boolean,
): Promise<WatchSummary> => {
  try {
    const sample = await ports.database.sampleActivity({ branchId: 'target' });
    return addSample(soFar, sample, raiseAlarms(sample, baseline));
  } catch (error) {
    if (!(error instanceof DatabaseUnreachable)) throw error;
    return countUnreachable(soFar, error.message, isLast);
  }
};

export const run = async ({ runId }: SampleInput, ports: Ports): Promise<void> => {
  const keys = watchKeys(runId);
  const watch = await readJson<Watch>(ports, keys.watch);
  if (!watch) return ports.schedule.remove(`monitor-${runId}`);
  const soFar = (await readJson<WatchSummary>(ports, keys.summary)) ?? emptySummary;
  const baseline = await readReferenced<ActivitySample>(ports.store, watch.baseline);
  const isOver = ports.clock.now().toISOString() >= watch.until;
  const summary = await look(ports, soFar, baseline, isOver);
  await ports.store.write(keys.summary, `${JSON.stringify(summary)}\n`);
  if (isOver || summary.raised.length > 0) await finish(ports, watch, summary);
};
