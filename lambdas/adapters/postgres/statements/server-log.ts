/**
 * Measures how much write-ahead log a piece of work wrote. PostgreSQL counts it for the whole server, so the figure exists only
 * where nobody else wrote: not while a backup is restored beside a dry run, for example. A vacuum has no transaction and is not
 * seen.
 */

/** Where the log ends, and who has written to it. */
export type LogMark = {
  readonly logEnd: number;
  readonly nextTransaction: string;
  /** Somebody else's transaction that has written is under way. */
  readonly isAnotherWriting: boolean;
};

const snapshot = 'pg_catalog.pg_current_snapshot()';

/** Its columns, named in full. Only differences of `logEnd` mean something. */
export const logMark = `
  pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0'::pg_catalog.pg_lsn)::pg_catalog.float8 AS "logEnd",
  pg_catalog.pg_snapshot_xmax(${snapshot})::pg_catalog.text AS "nextTransaction",
  EXISTS (SELECT FROM pg_catalog.pg_snapshot_xip(${snapshot})) AS "isAnotherWriting"`;

/** Bytes that transactions of our own made; null when others were writing at either end. */
export const logBetween = (before: LogMark, after: LogMark): number | null =>
  before.isAnotherWriting || after.isAnotherWriting ? null : after.logEnd - before.logEnd;

/** Bytes within one transaction of ours, which ends none itself; null when others wrote meanwhile. */
export const logWithin = (before: LogMark, after: LogMark): number | null =>
  before.nextTransaction === after.nextTransaction ? logBetween(before, after) : null;
