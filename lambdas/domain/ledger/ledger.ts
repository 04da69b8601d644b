/** One row of migration_checklist.ledger: a migration that was applied to this database. */
export type LedgerEntry = {
  /** Digits as in the file name, for example `001`. */
  readonly version: string;
  /** The file's name. */
  readonly migration: string;
  /** sha256 (hex) of the file's bytes. */
  readonly sha256: string;
  readonly runId: string;
  readonly appliedBy: string;
  /** ISO 8601. */
  readonly appliedAt: string;
  /** From the first statement to the last, commit not included. */
  readonly durationMs: number;
  /** Fingerprint (sha256) of the catalog right after apply; null until Step 9 recorded it. */
  readonly catalogFingerprint: string | null;
  /** ISO 8601, null while the migration stands. */
  readonly rolledBackAt: string | null;
};

/** Written into the database by a person: this database, and no copy of it, is a staging database. */
export type StagingMark = {
  readonly environment: string;
  readonly projectId: string;
  readonly branchId: string;
  readonly markedBy: string;
  readonly markedAt: string;
};
