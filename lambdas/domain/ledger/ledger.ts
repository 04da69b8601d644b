import type { StateRecord } from './states';
import type { ToolRowRecord } from './tool-row';

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
  /** What tells the run from another one of the same id; null in rows of version 0.3 and before, absent in their documents. */
  readonly owner?: string | null;
  /** What became of it; absent in documents of version 0.3 and before. */
  readonly state?: StateRecord;
  /** A witness of the sign-off outside the store; null until it is signed off, absent in documents of version 0.3 and before. */
  readonly signOff?: SignOffWitness | null;
  /** The row in another tool's table that stands for it; null where there is none, absent in rows of before. */
  readonly toolRow?: ToolRowRecord | null;
};

export type SignOffWitness = {
  /** sha256 (hex) of the sign-off document. */
  readonly sha256: string;
  /** Over it, as text; null where nothing signs. */
  readonly signature: string | null;
  /** True where it was approved by `--yes`: nobody has signed it off. */
  readonly isDemonstration?: boolean;
};

/** A run as ledger and lease tell it from others: its id may have been used before, so file and owner are compared too. */
export type RunIdentity = {
  readonly runId: string;
  readonly version: string;
  /** The file's name. */
  readonly migration: string;
  /** sha256 (hex) of the file's bytes. */
  readonly sha256: string;
  /** Absent in runs that an earlier version has opened. */
  readonly owner?: string | null | undefined;
};

/** A run as far as its asker knows it. */
export type KnownRun = Pick<RunIdentity, 'runId' | 'version'> & Partial<RunIdentity>;

/** True for the row that this very run has written. */
export const isRowOf = (entry: LedgerEntry, { runId, version, sha256, owner }: KnownRun): boolean =>
  entry.runId === runId &&
  entry.version === version &&
  (sha256 === undefined || entry.sha256 === sha256) &&
  ((entry.owner ?? null) === null || (owner ?? null) === null || entry.owner === owner);

/** Who holds the target. */
export type Lease = {
  readonly runId: string;
  readonly holder: string;
  /** ISO 8601, by the database's clock. */
  readonly acquiredAt: string;
  readonly expiresAt: string;
  readonly isExpired: boolean;
};

/** Written into the database by a person: this database, and no copy of it, is a staging database. */
export type StagingMark = {
  readonly environment: string;
  readonly projectId: string;
  readonly branchId: string;
  readonly markedBy: string;
  readonly markedAt: string;
};
