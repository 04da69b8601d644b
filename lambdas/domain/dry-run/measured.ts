/** What the server measured of each statement that ran. */

/** A lock the statement took on a relation that existed before the migration. */
export type HeldLock = {
  readonly relation: string;
  /** PostgreSQL's name, for example `AccessExclusiveLock`. */
  readonly mode: string;
  /** When it was taken, counted from the beginning of the first statement: at the latest when its own statement began. */
  readonly fromMs: number;
  /** From then to the end of the transaction. */
  readonly heldMs: number;
};

/** What a statement did to the rows of one table that existed before the migration. */
export type TableRows = {
  /** `schema.table`. */
  readonly table: string;
  /** Read by sequential scans. */
  readonly scanned: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
};

export type StatementRun = {
  /** 0-based position in the file. */
  readonly index: number;
  readonly line: number;
  /** The statement's first line, at most 120 characters. */
  readonly summary: string;
  /** Counted from the beginning of the first statement. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly rowsAffected: number | null;
  readonly locks: readonly HeldLock[];
  /** Existing tables and materialized views whose rows were written to new storage. */
  readonly rewritten: readonly string[];
  /** Existing tables that were emptied by TRUNCATE. */
  readonly emptied: readonly string[];
  /** Existing indexes that were rebuilt. */
  readonly rebuilt: readonly string[];
  /** Rows read by sequential scans of existing tables. */
  readonly rowsScanned: number;
  /** Rows inserted, updated and deleted in existing tables, by whatever means. */
  readonly rowsWritten: number;
  /** The same by table; only tables of which rows were read or written. Documents of version 0.2.0 and before have none. */
  readonly tables?: readonly TableRows[];
  /** From its beginning to the end of its transaction, which is how long its locks on rows are held. None as above. */
  readonly heldMs?: number;
  /** Write-ahead log; null on a target, where others write too. */
  readonly walBytes: number | null;
  /** Of all relations together, those that were made included, before the space of dropped ones is given back; null as above. */
  readonly sizeChangeBytes: number | null;
  /** What the server had to say, at most 20 messages of 200 characters. */
  readonly notices: readonly string[];
  /** Of a rollback from the middle: there was nothing to take back. */
  readonly wasPassedOver?: true;
};
