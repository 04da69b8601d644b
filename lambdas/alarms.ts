/**
 * The one alarm table: what is judged in the monitoring window, against which threshold, and what it means. CDK makes
 * CloudWatch's alarms from it, the local runtime evaluates it, and docs/operations.md has a section for each row.
 * One period is one look: the interval between two samples.
 */
import { type MetricName, metrics } from './metrics';

export type WatchedBox = '16.1' | '16.2' | '16.3' | '16.4';

/** `critical` wakes the waiting execution, which asks for the rollback; `warning` only informs. */
export type Severity = 'critical' | 'warning';

export type Alarm = {
  /** Words; on AWS the alarm's name ends with it. Never used again for another alarm. */
  readonly id: string;
  /** Also the heading of its section in docs/operations.md. */
  readonly title: string;
  readonly metric: MetricName;
  /** CloudWatch's words, here and below. */
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum';
  readonly comparison: 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold';
  readonly threshold: number;
  /** N of "M of N": how many looks are considered. */
  readonly periods: number;
  /** M of "M of N": how many of them must be over the threshold. */
  readonly datapointsToAlarm: number;
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
  readonly severity: Severity;
  /** The boxes that it fails. */
  readonly boxes: readonly WatchedBox[];
};

const minuteMs = 60_000;

/**
 * Without a datapoint there is no window, or the compute sleeps, or it cannot be reached, which has an alarm of its own. So
 * what is missing is good everywhere; that nobody looked is seen at the window's end, by the gaps between the looks.
 */
const quietWhenMissing = { missingData: 'notBreaching' } as const;

/**
 * Twice in three looks: a single one may meet a deploy, a nightly job or one slow lock; and a third that had no datapoint
 * does not hide the other two.
 */
export const lasting = { periods: 3, datapointsToAlarm: 2, ...quietWhenMissing } as const;

/** Said once is enough: the value itself spans time, or a single one is too much. */
export const atOnce = { periods: 1, datapointsToAlarm: 1, ...quietWhenMissing } as const;

export const atLeastOne = { comparison: 'GreaterThanOrEqualToThreshold', threshold: 1 } as const;
const worstAbove = { statistic: 'Maximum', comparison: 'GreaterThanThreshold' } as const;

export const alarms: readonly Alarm[] = [
  {
    id: 'connections-near-limit',
    title: 'Connections near the limit',
    // 80 %: PostgreSQL refuses the next one at 100, and a pool grows in steps.
    metric: 'ConnectionsUsed',
    ...worstAbove,
    threshold: 80,
    ...lasting,
    severity: 'critical',
    boxes: ['16.4'],
  },
  {
    id: 'sessions-wait-for-locks',
    title: 'Sessions wait for locks',
    // 5 more than before: a queue behind one lock, and no coincidence of two or three.
    metric: 'LockWaitsOverBaseline',
    ...worstAbove,
    threshold: 5,
    ...lasting,
    severity: 'critical',
    boxes: ['16.1'],
  },
  {
    id: 'transaction-open-too-long',
    title: 'A transaction is open too long',
    // 5 min longer than before: longer than any statement a web application should need; it holds back vacuum.
    metric: 'LongestTransactionOverBaseline',
    ...worstAbove,
    threshold: 5 * minuteMs,
    ...atOnce,
    severity: 'critical',
    boxes: ['16.1'],
  },
  {
    id: 'deadlocks',
    title: 'Deadlocks since the migration',
    // One: each is a transaction that PostgreSQL broke, and an order of locks that was not there before.
    metric: 'Deadlocks',
    statistic: 'Sum',
    ...atLeastOne,
    ...atOnce,
    severity: 'critical',
    boxes: ['16.1'],
  },
  {
    id: 'transactions-fail',
    title: 'More transactions fail than before',
    // 20 points: what the application tries and fails at since the migration. Less is a user who cancels.
    metric: 'RollbackShareOverBaseline',
    ...worstAbove,
    threshold: 20,
    ...lasting,
    severity: 'critical',
    boxes: ['16.1'],
  },
  {
    id: 'statements-slower',
    title: 'Statements are slower than before',
    // 3 times: a plan that changed costs ten or a hundred times as much, a busy machine less than twice.
    metric: 'StatementTimeRatio',
    ...worstAbove,
    threshold: 3,
    ...lasting,
    severity: 'critical',
    boxes: ['16.3'],
  },
  {
    id: 'new-slow-statements',
    title: 'New slow statements',
    // One. Only a warning: on staging people try things, and the migration need not be why somebody does.
    metric: 'NewSlowStatements',
    statistic: 'Maximum',
    ...atLeastOne,
    ...lasting,
    severity: 'warning',
    boxes: ['16.3'],
  },
  {
    id: 'target-unreachable',
    title: 'The target cannot be reached',
    // One lost look, and a second, are the network; the third in a row is an outage.
    metric: 'TargetUnreachable',
    statistic: 'Minimum',
    ...atLeastOne,
    periods: 3,
    datapointsToAlarm: 3,
    ...quietWhenMissing,
    severity: 'critical',
    boxes: ['16.1', '16.3', '16.4'],
  },
  {
    id: 'compute-suspended-long',
    title: 'The compute sleeps for long',
    // 12 looks in a row, an hour at one in five minutes: whoever expects traffic on the target should know that there is none.
    metric: 'ComputeSuspended',
    statistic: 'Minimum',
    ...atLeastOne,
    periods: 12,
    datapointsToAlarm: 12,
    ...quietWhenMissing,
    severity: 'warning',
    boxes: ['16.1'],
  },
  {
    id: 'application-errors',
    title: 'The application logs errors',
    // 10 lines in one interval: a request or two that fail are everyday, a feature that fails is not.
    metric: 'ApplicationErrors',
    statistic: 'Sum',
    comparison: 'GreaterThanThreshold',
    threshold: 10,
    ...lasting,
    severity: 'critical',
    boxes: ['16.2'],
  },
];

/** The composite alarm: up while any critical one is. */
export const compositeAlarm = { id: 'target-unwell', title: 'The target is not well after a migration' } as const;

/** Those that something feeds: without log groups nobody counts the application's error lines. */
export const alarmsFor = ({ watchesLogs }: { readonly watchesLogs: boolean }): readonly Alarm[] =>
  alarms.filter(({ metric }) => watchesLogs || metrics[metric].source === 'look');

/** Where the runbook says what an alarm means and what to do; anchors as GitHub makes them. */
export const runbookOf = ({ title }: { readonly title: string }): string =>
  `docs/operations.md#${title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')}`;

/** Throws when there is no such alarm: a defect of ours. */
export const findAlarm = (id: string): Alarm => {
  const found = alarms.find((alarm) => alarm.id === id);
  if (!found) throw new Error(`no alarm ${id} in the alarm table`);
  return found;
};
