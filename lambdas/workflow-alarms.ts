/** The alarms about the workflow itself; the other half of the table of alarms. */
import { type Alarm, atLeastOne, atOnce, lasting } from './alarms';

/** What AWS itself measures about the workflow; judged every five minutes, whether a window is open or not. */
export type WorkflowAlarm = Pick<Alarm, 'id' | 'title' | 'statistic' | 'comparison' | 'threshold'> &
  Pick<Alarm, 'periods' | 'datapointsToAlarm' | 'missingData'> & {
    readonly namespace: 'AWS/States' | 'AWS/SQS' | 'AWS/Lambda' | 'AWS/ApiGateway';
    readonly metric: string;
    /** Whose: infra knows their names. The account has one limit for all its functions, so those are counted together. */
    readonly of:
      | 'state machine'
      | 'state machine of rollbacks'
      | 'queue of failed events'
      | 'account'
      | 'approval pages';
  };

/**
 * All of them only inform. A step that fails has none of its own: the workflow repeats it, closes the run or asks a person, and
 * what comes of it is seen here as an execution that failed.
 */
export const workflowAlarms: readonly WorkflowAlarm[] = [
  {
    id: 'executions-fail',
    title: 'An execution failed',
    // One. A refused approval counts as well: the run ended and nobody reads the console all day.
    namespace: 'AWS/States',
    metric: 'ExecutionsFailed',
    of: 'state machine',
    statistic: 'Sum',
    ...atLeastOne,
    ...atOnce,
  },
  {
    id: 'rollbacks-fail',
    title: 'A rollback failed',
    // One. A refused approval counts as well, and one that nobody answered at night most of all.
    namespace: 'AWS/States',
    metric: 'ExecutionsFailed',
    of: 'state machine of rollbacks',
    statistic: 'Sum',
    ...atLeastOne,
    ...atOnce,
  },
  // A stopped execution is not counted as one that failed. Its run is closed behind it, and may have left a migration without a sign-off.
  ...(
    [
      ['executions-stopped', 'An execution was stopped', 'ExecutionsAborted', 'state machine'],
      ['executions-run-out-of-time', 'An execution ran out of its time', 'ExecutionsTimedOut', 'state machine'],
      ['rollbacks-stopped', 'A rollback was stopped', 'ExecutionsAborted', 'state machine of rollbacks'],
      [
        'rollbacks-run-out-of-time',
        'A rollback ran out of its time',
        'ExecutionsTimedOut',
        'state machine of rollbacks',
      ],
    ] as const
  ).map(
    ([id, title, metric, of]): WorkflowAlarm => ({
      id,
      title,
      namespace: 'AWS/States',
      metric,
      of,
      statistic: 'Sum',
      ...atLeastOne,
      ...atOnce,
    }),
  ),
  {
    id: 'events-given-up',
    title: 'An event was given up',
    // One: a window that nobody watches, an alarm that nobody heard of, or a run that was stopped and not closed.
    namespace: 'AWS/SQS',
    metric: 'ApproximateNumberOfMessagesVisible',
    of: 'queue of failed events',
    statistic: 'Maximum',
    ...atLeastOne,
    ...atOnce,
  },
  {
    id: 'functions-throttled',
    title: 'Functions are throttled',
    // Lambda and the workflow repeat what was throttled; twice in three it is no peak but a limit.
    namespace: 'AWS/Lambda',
    metric: 'Throttles',
    of: 'account',
    statistic: 'Sum',
    ...atLeastOne,
    ...lasting,
  },
  {
    id: 'approval-pages-fail',
    title: 'The approval pages fail',
    // One: behind each of them sits a person who wanted to decide.
    namespace: 'AWS/ApiGateway',
    metric: '5xx',
    of: 'approval pages',
    statistic: 'Sum',
    ...atLeastOne,
    ...atOnce,
  },
];
