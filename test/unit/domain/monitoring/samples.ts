/** Samples with quiet defaults. */
import type { ActivitySample, StatementStatistics } from '#domain/monitoring/sample';

export const sample = (differing: Partial<ActivitySample> = {}): ActivitySample => ({
  at: '2026-11-22T08:00:00.000Z',
  statementsSchema: 'public',
  connections: 10,
  maxConnections: 100,
  lockWaits: 0,
  longestTransactionMs: 0,
  commits: 1000,
  rollbacks: 5,
  deadlocks: 2,
  statements: [],
  ...differing,
});

/** `calls` calls of `meanMs` each. */
export const statement = (calls: number, meanMs: number, queryId = '1'): StatementStatistics => ({
  queryId,
  query: `select ${queryId}`,
  calls,
  meanMs,
  totalMs: calls * meanMs,
});
