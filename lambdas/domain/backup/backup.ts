import type { LeftOut } from './left-out';

/** One table's rows in a backup. */
export type TableCopy = {
  /** `schema.table`, quoted where PostgreSQL needs it. */
  readonly table: string;
  readonly rows: number;
  /** sha256 (hex) of the bytes COPY gave. */
  readonly sha256: string;
};

/** Where a backup lies and how to recognise it. */
export type BackupRecord = {
  readonly key: string;
  readonly uri: string;
  readonly versionId: string | null;
  /** sha256 (hex) of the stored bytes. */
  readonly sha256: string;
  readonly sizeBytes: number;
};

export type Backup = BackupRecord & {
  readonly tables: readonly TableCopy[];
  /** Fingerprint of the catalog read in the dump's snapshot. */
  readonly catalogFingerprint: string;
  readonly tools: { readonly pgDump: string; readonly server: number };
  readonly durationMs: number;
};

export type BackupComparison = {
  readonly isEqual: boolean;
  readonly tablesCompared: number;
  readonly rowsCompared: number;
  /** One sentence each; empty when equal. */
  readonly differences: readonly string[];
  /** What the restore went without; missing in documents of version 0.2.0 and before, which left nothing out. */
  readonly leftOut?: readonly LeftOut[];
  readonly durationMs: number;
};
