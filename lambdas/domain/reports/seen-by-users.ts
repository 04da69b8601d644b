/** What users may have seen of an incident, as far as it was measured: what was alarming while the target was watched. */
import type { MonitorFacts } from '#domain/boxes/16-monitor';
import type { FactsByDocument } from '#domain/boxes/facts';
import { factsIn } from '#domain/boxes/facts';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { RaisedAlarm } from '#domain/monitoring/alarm-states';
import type { Alarm } from '#lambdas/alarms';
import { findAlarm } from '#lambdas/alarms';
import { metrics } from '#lambdas/metrics';

export type AlarmingMetric = {
  readonly metric: string;
  readonly limit: string;
  /** The measured values, in the words of whoever judged. */
  readonly values: string;
  /** ISO 8601. Nobody measures after `until`: the window ends with its alarm. */
  readonly from: string;
  readonly until: string;
};

export type SeenByUsers =
  | { readonly state: 'not measured'; readonly why: string }
  | {
      readonly state: 'measured';
      readonly from: string;
      readonly until: string;
      readonly samples: number;
      readonly alarming: readonly AlarmingMetric[];
      readonly mostConnections: number;
      readonly mostLockWaits: number;
    };

const comparisons: Readonly<Record<Alarm['comparison'], string>> = {
  GreaterThanThreshold: 'more than',
  GreaterThanOrEqualToThreshold: 'at least',
};

/** `at least` 1 says nothing of its unit; 80 percent does. */
const units: Readonly<Record<(typeof metrics)[keyof typeof metrics]['unit'], string>> = {
  Count: '',
  Percent: ' %',
  Milliseconds: ' ms',
  None: '',
};

const limitOf = ({ comparison, threshold, metric, datapointsToAlarm, periods }: Alarm) =>
  `${comparisons[comparison]} ${threshold}${units[metrics[metric].unit]} in ${datapointsToAlarm} of ${periods} looks`;

const alarming = ({ id, at, reason }: RaisedAlarm, until: string): AlarmingMetric => {
  const alarm = findAlarm(id);
  return { metric: metrics[alarm.metric].label, limit: limitOf(alarm), values: reason, from: at, until };
};

const measured = ({ openedAt, endedAt, summary, alarms }: MonitorFacts): SeenByUsers => ({
  state: 'measured',
  from: openedAt,
  until: endedAt,
  samples: summary.samples,
  alarming: alarms.raised.filter(({ wasUpBefore }) => !wasUpBefore).map((alarm) => alarming(alarm, endedAt)),
  mostConnections: summary.mostConnections,
  mostLockWaits: summary.mostLockWaits,
});

const isWhole = (facts: Partial<FactsByDocument['16-monitor']>): facts is MonitorFacts =>
  facts.openedAt !== undefined && facts.endedAt !== undefined && !!facts.summary && !!facts.alarms;

export const seenByUsers = (documents: readonly EvidenceDocument[]): SeenByUsers => {
  const facts = factsIn(documents, '16-monitor');
  if (!isWhole(facts))
    return {
      state: 'not measured',
      why: 'the target was not watched, or its window has not ended: no metric was measured',
    };
  return facts.summary.samples === 0
    ? { state: 'not measured', why: `no look of the watch since ${facts.openedAt} saw anything` }
    : measured(facts);
};
