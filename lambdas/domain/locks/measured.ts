/** What a server tells of its tables, and of statements that ran. */

export type TableStatistics = {
  /** `schema.table`, unquoted. */
  readonly table: string;
  readonly sizeBytes: number;
  /** pg_class.reltuples, 0 when never analysed. */
  readonly estimatedRows: number;
  readonly sequentialScans: number;
  readonly indexScans: number;
  readonly rowsWritten: number;
};

/** A lock the statement took on a relation that existed before the migration. */
export type HeldLock = {
  readonly relation: string;
  /** PostgreSQL's name, for example `AccessExclusiveLock`. */
  readonly mode: string;
  /** From the statement that took it to the end of the transaction. */
  readonly heldMs: number;
};

export type StatementRun = {
  /** 0-based position in the file. */
  readonly index: number;
  readonly line: number;
  /** The statement's first line, at most 120 characters. */
  readonly summary: string;
  readonly durationMs: number;
  readonly rowsAffected: number | null;
  readonly locks: readonly HeldLock[];
  /** Existing relations whose storage was rewritten. */
  readonly rewritten: readonly string[];
  /** Rows read by sequential scans of existing tables. */
  readonly rowsScanned: number;
};
