/** What is measured at every look at the target: CloudWatch's names and units. Read by infra, the domain and the local runtime. */

export const metricNamespace = 'MigrationChecklist';

/** The one dimension of what a look measures. The application's log lines have none: a metric filter cannot add one. */
export const targetDimension = 'Target';

/** The dimension's value. CloudWatch takes printable ASCII only, PostgreSQL's names may be anything. */
export const targetDimensionOf = (target: {
  readonly projectId: string;
  readonly branchId: string;
  readonly database: string;
}): string => [target.projectId, target.branchId, encodeURIComponent(target.database)].join('/');

export type Metric = {
  /** CloudWatch's word. */
  readonly unit: 'Count' | 'Percent' | 'Milliseconds' | 'None';
  readonly label: string;
  readonly meaning: string;
  readonly source: 'look' | 'application log';
};

const look = (unit: Metric['unit'], label: string, meaning: string): Metric => ({
  unit,
  label,
  meaning,
  source: 'look',
});

/** While the compute sleeps or cannot be reached, only the last two of the looks have datapoints. */
export const metrics = {
  ConnectionsUsed: look(
    'Percent',
    'Connections used of the limit',
    'client sessions in the database, in percent of max_connections',
  ),
  LongestTransaction: look('Milliseconds', 'Longest open transaction', 'age of the oldest transaction that is open'),
  LongestTransactionOverBaseline: look(
    'Milliseconds',
    'Longest open transaction, beyond that of before',
    'how much older the oldest open transaction is than the oldest one at the baseline of Step 4',
  ),
  LockWaits: look('Count', 'Sessions that wait for a lock', 'sessions that wait for a lock at this moment'),
  LockWaitsOverBaseline: look(
    'Count',
    'Sessions that wait for a lock, beyond those of before',
    'how many more sessions wait for a lock than at the baseline of Step 4',
  ),
  StatementTimeRatio: look(
    'None',
    'Mean time of the statements against before',
    'of the busiest statements the one that became slowest: its mean since the window was opened, divided by its mean at the baseline of Step 4',
  ),
  NewSlowStatements: look(
    'Count',
    'New slow statements',
    'statements that the baseline does not know and whose mean is over 100 ms',
  ),
  RollbackShare: look(
    'Percent',
    'Transactions rolled back',
    'transactions that failed or were rolled back since the look before, in percent of all that ended',
  ),
  RollbackShareOverBaseline: look(
    'Percent',
    'Transactions rolled back, beyond the share of before',
    'percentage points by which the share of failed transactions lies over that at the baseline of Step 4',
  ),
  Deadlocks: look('Count', 'Deadlocks', 'deadlocks since the look before; none of the first look'),
  TargetUnreachable: look('Count', 'Target unreachable', '1 when a look got no answer, 0 when it did'),
  ComputeSuspended: look(
    'Count',
    'Compute suspended',
    '1 when the compute slept and was left asleep, 0 when it was awake',
  ),
  ApplicationErrors: {
    unit: 'Count',
    label: 'Error lines of the application',
    meaning: 'lines in the configured log groups that speak of an error, counted by their metric filter',
    source: 'application log',
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** What one look says; a metric that is left out has no datapoint. */
export type Measurements = Readonly<Partial<Record<MetricName, number>>>;

/** What every call of a function leaves, whether a window is open or not; the dashboard shows it. */
export const callMetrics = { duration: 'CallDuration', failures: 'CallsFailed' } as const;

export const callDimensions = { function: 'Function', error: 'Error' } as const;
