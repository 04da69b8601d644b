/** One look at the target: what Step 4 takes as baseline and Step 16 repeats. */
export type ActivitySample = {
  /** ISO 8601. */
  readonly at: string;
  readonly connections: number;
  readonly maxConnections: number;
  /** Sessions waiting for a lock. */
  readonly lockWaits: number;
  /** Age of the oldest open transaction. */
  readonly longestTransactionMs: number;
  /** Cumulative since the statistics were reset. */
  readonly commits: number;
  readonly rollbacks: number;
  readonly deadlocks: number;
  /** Where pg_stat_statements lies; null where it is not there or the server does not load it. */
  readonly statementsSchema: string | null;
  /** From pg_stat_statements, cumulative, the busiest first, at most 50; null where it is not there. */
  readonly statements: readonly StatementStatistics[] | null;
  /** Statements of other roles that ours may not see; missing in samples of version 0.2.0 and before. */
  readonly statementsHidden?: number | null;
};

/** A compute that sleeps is left asleep: nobody uses it, so there is nothing to see. */
export type Look = { readonly state: 'awake'; readonly sample: ActivitySample } | { readonly state: 'suspended' };

export type StatementStatistics = {
  readonly queryId: string;
  /** Normalised text, at most 200 characters. */
  readonly query: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly totalMs: number;
};
