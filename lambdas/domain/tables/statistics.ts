/** What PostgreSQL counts of each table. */

export type TableStatistics = {
  /** `schema.table`, unquoted. */
  readonly table: string;
  readonly sizeBytes: number;
  /** pg_class.reltuples; null when the table is not empty and was never analysed with rows in it. */
  readonly estimatedRows: number | null;
  readonly sequentialScans: number;
  readonly indexScans: number;
  readonly rowsWritten: number;
  /** For how long the three figures above have been counted, never 0; shorter than it was where PostgreSQL does not know. */
  readonly countedSeconds: number;
};
