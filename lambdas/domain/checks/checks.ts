/** One declared test of a `.checks.sql` file: its statements run in order and each must end as it declares. */
export type DeclaredCheck = {
  readonly name: string;
  /** 1-based line of the `-- test:` directive. */
  readonly line: number;
  readonly statements: readonly CheckStatement[];
};

export type CheckStatement = {
  readonly sql: string;
  readonly line: number;
  /** SQLSTATE that must be raised; null when the statement must succeed. */
  readonly expectedSqlState: string | null;
  /** Columns of the first returned row that later statements of the test use (`-- save: user_id`). */
  readonly save: readonly SavedColumn[];
  /** Exact number of rows returned or affected that is expected (`-- expect: 1 row`); null when not declared. */
  readonly expectedRows: number | null;
};

/** `-- save: audit_id as first_audit`: column `audit_id`, used as `:first_audit`; without `as` both names are equal. */
export type SavedColumn = { readonly column: string; readonly name: string };

export type CheckResult = {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  /** SQLSTATEs that were expected and came; a uniqueness test holds 23505. */
  readonly sqlStates: readonly string[];
  /** What was expected and what came, when it did not pass. */
  readonly failure: string | null;
};

/** A declared query: explained and timed at Step 11. */
export type DeclaredQuery = {
  readonly name: string;
  readonly line: number;
  readonly sql: string;
  /** False when the declaration does not ask for an index. */
  readonly expectsIndex: boolean;
  readonly maximumMs: number;
};

export type QueryResult = {
  readonly name: string;
  readonly line: number;
  /** Index names of the plan. */
  readonly indexes: readonly string[];
  /** Tables read by a sequential scan in the plan as PostgreSQL chose it. */
  readonly sequentialScans: readonly string[];
  /** Tables still read by a sequential scan when the planner is asked with enable_seqscan off: no index can serve. */
  readonly unindexedTables: readonly string[];
  readonly medianMs: number;
  readonly runs: number;
};

/** What a `.checks.sql` file says of the application around the database (Step 12). */
export type DeclaredApplication =
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'probes'; readonly probes: readonly DeclaredProbe[] }
  | { readonly kind: 'undeclared' };

export type DeclaredProbe = {
  readonly name: string;
  readonly url: string;
  readonly expectedStatus: number;
  readonly line: number;
};

export type ChecksFile = {
  readonly fileName: string;
  readonly sha256: string;
  readonly tests: readonly DeclaredCheck[];
  readonly queries: readonly DeclaredQuery[];
  readonly application: DeclaredApplication;
};
