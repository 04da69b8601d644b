/**
 * The end of a window, which the sample and the alarm's event come to at once or twice: the evidence is written once, and
 * whoever comes later delivers that outcome.
 */
import { unseal } from '#domain/approvals/seal';
import { alarmInWords, decisiveAlarms, findingsOfWatch, type MonitorFacts, monitor } from '#domain/boxes/16-monitor';
import { judgeRoom } from '#domain/boxes/room';
import { count } from '#domain/count';
import { TaskNoLongerWaiting } from '#domain/errors';
import type { AlarmStates, RaisedAlarm } from '#domain/monitoring/alarm-states';
import type { ActivitySample } from '#domain/monitoring/sample';
import { emptySummary, type Watch, type WatchSummary } from '#domain/monitoring/watch';
import type { Ports } from '#lambdas/ports/ports';
import { evidenceOfStep, type Recorded, recordEvidenceOnce } from '#lambdas/record/evidence';
import { readJson, readReferenced } from '#lambdas/record/json';
import { watchKeys } from '#lambdas/record/keys';
import type { MonitorOutcome } from '#statemachine/contract';

export const isOver = ({ clock }: Ports, { until }: Watch): boolean => clock.now().toISOString() >= until;

const wordsOf = (decisive: readonly RaisedAlarm[], summary: WatchSummary) =>
  decisive.map((alarm) => alarmInWords(alarm, summary)).join('; ') || `${count(summary.samples, 'sample')}, no alarm`;

const record = async (ports: Ports, watch: Watch, states: AlarmStates): Promise<Recorded> => {
  const summary = (await readJson<WatchSummary>(ports.store, watchKeys(watch.runId).summary)) ?? emptySummary;
  const baseline = await readReferenced<ActivitySample>(ports.store, watch.baseline);
  const now = ports.clock.now().toISOString();
  const endedAt = now < watch.until ? now : watch.until;
  const decisive = decisiveAlarms(states, summary, endedAt >= watch.until);
  const facts: MonitorFacts = {
    openedAt: watch.openedAt,
    endedAt,
    until: watch.until,
    alarms: states,
    summary,
    knowsStatementsOfBefore: baseline.statements !== null,
    logGroups: ports.settings.applicationLogGroups,
    outcome: decisive.length > 0 ? 'alarm' : 'quiet',
    words: wordsOf(decisive, summary),
  };
  return recordEvidenceOnce(ports, {
    ...evidenceOfStep(16),
    runId: watch.runId,
    startedAt: watch.openedAt,
    error: null,
    previous: watch.previous.map(({ sha256 }) => sha256),
    findings: findingsOfWatch(states, summary, baseline),
    boxes: judgeRoom(monitor, facts, null),
    facts,
  });
};

/**
 * Answers the waiting execution with what is recorded. Nobody may wait with this token: answered before, the execution stopped, or
 * the state is being tried again and its next attempt brings a new token. Then the schedule stays: its next sample looks again, and
 * what ends the run removes it.
 */
export const deliverOutcome = async (ports: Ports, watch: Watch, { ref, document }: Recorded): Promise<void> => {
  const { outcome, words } = document.facts as { readonly outcome: MonitorOutcome['outcome']; readonly words: string };
  const token = unseal(await ports.secrets.watchKey(), { runId: watch.runId, stage: 'monitor' }, watch.sealedToken);
  try {
    await ports.callback.succeed(token, { evidence: ref, outcome, summary: words } satisfies MonitorOutcome);
  } catch (error) {
    if (error instanceof TaskNoLongerWaiting) return;
    throw error;
  }
  await ports.schedule.remove(`monitor-${watch.runId}`);
};

/** Ends the window when it is over or when an alarm asks for it; else nothing. */
export const endIfDecided = async (ports: Ports, watch: Watch): Promise<void> => {
  const states = await ports.alarms.since(new Date(watch.openedAt));
  if (!isOver(ports, watch) && decisiveAlarms(states, emptySummary, false).length === 0) return;
  await deliverOutcome(ports, watch, await record(ports, watch, states));
};
