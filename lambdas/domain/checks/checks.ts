/** One declared test of a `.checks.sql` file: its statements run in order and each must end as it declares. */
export type DeclaredCheck = {
  readonly name: string;
  /** 1-based line of the `-- test:` directive. */
  readonly line: number;
  readonly statements: readonly CheckStatement[];
};

export type WriteEvent = 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE';

/** A table that a statement writes to, as its text names it: `schema` is null where the text has none. */
export type WrittenTable = {
  readonly schema: string | null;
  readonly name: string;
  readonly events: readonly WriteEvent[];
};

export type CheckStatement = {
  readonly sql: string;
  readonly line: number;
  readonly writes: readonly WrittenTable[];
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
  /** The expected errors that came; documents of version 0.2.0 and before do not have them. */
  readonly errors?: readonly ExpectedError[];
  /** What each statement did that ended as declared; empty where the role may not track functions. Not in older documents. */
  readonly activity?: readonly StatementActivity[];
};

/** An error as PostgreSQL's own fields describe it: what it names is what was broken. Null where it names nothing of the kind. */
export type ExpectedError = {
  /** Of the statement. */
  readonly line: number;
  readonly sqlState: string;
  readonly message: string;
  readonly schema: string | null;
  readonly table: string | null;
  readonly column: string | null;
  readonly dataType: string | null;
  readonly constraint: string | null;
  /** The lines of PostgreSQL's context, the innermost first. */
  readonly context: readonly ContextLine[];
};

export type ContextLine = {
  readonly text: string;
  /** `schema.name` of the function that the line names; null when it names none. */
  readonly function: string | null;
};

/** What PostgreSQL's statistics of the transaction counted for one statement. */
export type StatementActivity = {
  readonly line: number;
  /** `schema.name`. */
  readonly calledFunctions: readonly string[];
  /** Tables with rows that were inserted, updated or deleted. */
  readonly writes: readonly WrittenTable[];
};

/** What the tests were compared by after their transaction had been rolled back. */
export type ComparedAfterTests = {
  /** Tables that the tests wrote to, with their rows before and after; null where the table was too large to count. */
  readonly tables: readonly {
    readonly name: string;
    readonly rowsBefore: number | null;
    readonly rowsAfter: number | null;
  }[];
  /** How many sequences had their values compared. */
  readonly sequences: number;
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
  /** What the figures were measured on; documents of version 0.2.0 and before do not have it. */
  readonly measured?: QueryGround;
};

export type QueryGround = {
  /** The tables of the plan. */
  readonly tables: readonly QueriedTable[];
  /** The plan as PostgreSQL chose it: EXPLAIN's JSON. */
  readonly plan: unknown;
  /** The plan with enable_seqscan off; null where the chosen one scans no table sequentially. */
  readonly planWithoutSequentialScans: unknown;
};

export type QueriedTable = {
  /** `schema.table`, unquoted. */
  readonly table: string;
  /** Null where the role may not read the table itself. */
  readonly rows: number | null;
  /** True when there are more: counting stopped. */
  readonly isAtLeast: boolean;
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
