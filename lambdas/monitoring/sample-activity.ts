/** Called by the schedule: one look at the target; at an alarm or at the window's end it answers the waiting execution. */
import type { MonitorOutcome, SampleInput } from '../../statemachine/contract';
import { unseal } from '../domain/approvals/seal';
import { DatabaseUnreachable, PlatformFailed, TaskNoLongerWaiting } from '../domain/errors';
import type { EvidenceRef } from '../domain/evidence/document';
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
import { evidenceOfStep, readReferenced, recordEvidence, sha256Of } from '../evidence';
import type { Ports } from '../ports';
import { watchKeys } from './watch-keys';

const readJson = async <T>(ports: Ports, key: string): Promise<T | null> => {
  const bytes = await ports.store.read(key);
  return bytes && (JSON.parse(bytes.toString('utf8')) as T);
};

const evidenceKey = (runId: string) => `runs/${runId}/${evidenceOfStep(16).name}.json`;

/** Once: the execution was handed this document's hash, so another sample must not write it anew. */
const recordOnce = async (
  ports: Ports,
  watch: Watch,
  summary: WatchSummary,
  baseline: ActivitySample,
): Promise<EvidenceRef> => {
  const key = evidenceKey(watch.runId);
  const recorded = await ports.store.read(key);
  if (recorded) return { key, sha256: sha256Of(recorded) };
  const now = ports.clock.now().toISOString();
  return recordEvidence(ports, {
    ...evidenceOfStep(16),
    ...{ runId: watch.runId, startedAt: watch.openedAt, findings: [], error: null },
    previous: watch.previous.map(({ sha256 }) => sha256),
    boxes: judgeWatch(summary, {
      openedAt: watch.openedAt,
      endedAt: now < watch.until ? now : watch.until,
      knowsStatementsOfBefore: baseline.statements !== null,
    }),
    facts: { until: watch.until, summary },
  });
};

const finish = async (ports: Ports, watch: Watch, summary: WatchSummary, baseline: ActivitySample): Promise<void> => {
  const evidence = await recordOnce(ports, watch, summary, baseline);
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
    return addSample(soFar, sample, raiseAlarms(sample, baseline, soFar.first ?? sample));
  } catch (error) {
    // The platform that does not say where the target is keeps us from watching as much as the target itself.
    if (!(error instanceof DatabaseUnreachable || error instanceof PlatformFailed)) throw error;
    return countUnreachable(soFar, error.message, isLast);
  }
};

export const run = async ({ runId }: SampleInput, ports: Ports): Promise<void> => {
  const keys = watchKeys(runId);
  const watch = await readJson<Watch>(ports, keys.watch);
  if (!watch) return ports.schedule.remove(`monitor-${runId}`);
  const soFar = (await readJson<WatchSummary>(ports, keys.summary)) ?? emptySummary;
  const baseline = await readReferenced<ActivitySample>(ports.store, watch.baseline);
  // An earlier sample ended the window and could not tell: this one only tells.
  const hasEnded = soFar.raised.length > 0 || (await ports.store.read(evidenceKey(runId))) !== null;
  if (hasEnded) return finish(ports, watch, soFar, baseline);
  const isOver = ports.clock.now().toISOString() >= watch.until;
  const summary = await look(ports, soFar, baseline, isOver);
  await ports.store.write(keys.summary, `${JSON.stringify(summary)}\n`);
  if (isOver || summary.raised.length > 0) await finish(ports, watch, summary, baseline);
};
