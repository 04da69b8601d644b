/**
 * The queries behind the trace of statements. They run between the statements of a migration, whatever the migration set as
 * search_path: every name and operator is schema-qualified.
 */
import type { Session } from '../session/session';
import { type LogMark, logMark } from './server-log';

type Size = {
  /** Indexes and long values included. */
  readonly totalBytes: number;
  /** Of the rows alone. */
  readonly rowBytes: number;
};

export type Existing = {
  readonly oid: number;
  /** `schema.name`. */
  readonly name: string;
  readonly kind: 'rows' | 'index' | 'other';
  /** The table that an index is on. */
  readonly table: number | null;
  /** 0 for what has none. */
  readonly storage: number;
} & Size &
  Pick<Seen, 'scanned' | 'written' | 'updated' | 'deleted'>;

/** A relation with a lock that was not held before, or, with `mode` null, one whose counters changed. */
export type Seen = {
  readonly oid: number;
  readonly mode: string | null;
  /** pg_class.relkind; null when it is gone. */
  readonly relkind: string | null;
  /** The table that an index is on; null for the index of a TOAST relation, which is weighed with its table. */
  readonly table: number | null;
  /** 0 for none. */
  readonly storage: number;
  /** Rows that sequential scans of this transaction returned, and rows it inserted, updated and deleted. */
  readonly scanned: number;
  readonly written: number;
  /** Of those that were written. */
  readonly updated: number;
  readonly deleted: number;
} & { readonly [K in keyof Size]: number | null };

const equals = 'OPERATOR(pg_catalog.=)';
const number = '::pg_catalog.float8';

const milliseconds = (clock: 'statement' | 'clock') =>
  `pg_catalog.date_part('epoch', pg_catalog.${clock}_timestamp()) OPERATOR(pg_catalog.*) 1000${number}`;

const sizes = (oid: string) => `pg_catalog.pg_total_relation_size(${oid})${number} AS "totalBytes",
       pg_catalog.pg_relation_size(${oid})${number} AS "rowBytes"`;

const kindIn = (kinds: string) => `c.relkind ${equals} ANY ('{${kinds}}'::pg_catalog."char"[])`;

/** One number for a lock; no two of PostgreSQL's eight lock modes have names of the same length. */
export const lockKey = (oid: number, mode: string): number => oid * 32 + mode.length;
const lockKeySql = `(l.relation::pg_catalog.int8 OPERATOR(pg_catalog.*) 32 OPERATOR(pg_catalog.+) pg_catalog.octet_length(l.mode))`;

/** What can change in a relation while no new lock on it is taken. 0 for a storage that is none. */
type Counters = Pick<Seen, 'oid' | 'storage' | 'scanned' | 'written'>;

const plus = 'OPERATOR(pg_catalog.+)';
const differs = 'OPERATOR(pg_catalog.<>)';
const tuples = (what: string, oid: string) => `pg_catalog.pg_stat_get_xact_tuples_${what}(${oid})`;
const storageOf = (oid: string) => `coalesce(pg_catalog.pg_relation_filenode(${oid}), 0::pg_catalog.oid)`;
// For a table, tuples returned are the rows of its sequential scans: seq_tup_read of pg_stat_xact_user_tables.
const scannedOf = (oid: string) => tuples('returned', oid);
const writtenOf = (oid: string) =>
  `(${tuples('inserted', oid)} ${plus} ${tuples('updated', oid)} ${plus} ${tuples('deleted', oid)})`;

const rowsWrittenOf = (oid: string) =>
  `${writtenOf(oid)}${number} AS written, ${tuples('updated', oid)}${number} AS updated, ${tuples('deleted', oid)}${number} AS deleted`;

// Only tables are weighed, with all that belongs to them. What the session has counted in earlier transactions and not yet
// handed on still counts (PostgreSQL 15 and later hand it on once a second).
const existingQuery = (withSizes: boolean) => `
SELECT c.oid, pg_catalog.concat(n.nspname, '.', c.relname) AS name,
       CASE WHEN ${kindIn('i')} THEN 'index' WHEN ${kindIn('r,m')} THEN 'rows' ELSE 'other' END AS kind, i.indrelid AS "table",
       c.relfilenode AS storage,
       ${scannedOf('c.oid')}${number} AS scanned, ${rowsWrittenOf('c.oid')},
       ${withSizes ? sizes(`CASE WHEN ${kindIn('r,m')} THEN c.oid END`) : '0 AS "totalBytes", 0 AS "rowBytes"'}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid ${equals} c.relnamespace
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid ${equals} c.oid
WHERE n.nspname OPERATOR(pg_catalog.<>) ALL ('{information_schema,migration_checklist}'::pg_catalog.name[])
  AND n.nspname OPERATOR(pg_catalog.!~) '^pg_'`;

const counters = ['oid', 'storage', 'scanned', 'written'] as const;
// In the order of `knownValues`. Of an array behind a SELECT the planner does not know the length, so that the plan it made
// once stays the cheapest in its eyes.
const watchedRows = counters.map((_, index) => `pg_catalog.unnest((SELECT $${index + 2}::pg_catalog.int8[]))`).join();

// Sorted, so that every lock held is looked up by halving: a long migration holds hundreds.
const knownLocks = '$1::pg_catalog.int8[]';
const isNewLock = `coalesce((${knownLocks})[pg_catalog.width_bucket(${lockKeySql}, ${knownLocks})], 0) ${differs} ${lockKeySql}`;

// 16384 is FirstNormalObjectId (access/transam.h): below it lie PostgreSQL's own catalogs, which every statement reads.
// The server filters out what is known, or the looks would cost more than the statements. There is always one row, that of
// relation 0, with the time and the end of the log.
const seen = `
  SELECT n.oid, n.mode, (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid ${equals} n.oid) AS relkind,
    (SELECT t.oid FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class t ON t.oid ${equals} i.indrelid
     WHERE i.indexrelid ${equals} n.oid AND t.relkind ${differs} 't'::pg_catalog."char") AS "table" FROM (
      SELECT l.relation AS oid, l.mode FROM pg_catalog.pg_locks l
      WHERE l.pid ${equals} pg_catalog.pg_backend_pid() AND l.granted AND l.locktype ${equals} 'relation'
        AND l.relation OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND ${isNewLock}
      UNION ALL
      SELECT w.oid, NULL FROM (SELECT c.oid::pg_catalog.oid, c.storage, c.scanned, c.written
        FROM ROWS FROM (${watchedRows}) c(${counters.join()})) w
      WHERE ${storageOf('w.oid')}::pg_catalog.int8 ${differs} w.storage OR ${scannedOf('w.oid')} ${differs} w.scanned
        OR ${writtenOf('w.oid')} ${differs} w.written
      UNION ALL SELECT 0::pg_catalog.oid, NULL) n`;

// The size is that of the table with its long values, whichever of its indexes was locked, and is read once however many of
// them were. A session that only reads makes no table larger. An index that is gone does not lead to its table any more: then all
// that are watched are read.
const weighed = `
  SELECT s.oid, s.mode, s.relkind, s."table",
    CASE WHEN s.mode IS NULL OR s.mode ${differs} ALL ('{AccessShareLock,RowShareLock}'::pg_catalog.text[])
         THEN coalesce(s."table", s.oid) END AS weighed FROM (
      SELECT seen.oid, seen.mode, seen.relkind, seen."table" FROM seen
      UNION ALL
      SELECT w.oid::pg_catalog.oid, NULL, NULL, NULL FROM pg_catalog.unnest((SELECT $2::pg_catalog.int8[])) w(oid)
      WHERE EXISTS (SELECT FROM seen WHERE seen.relkind IS NULL AND seen.oid ${differs} 0::pg_catalog.oid)) s`;

const described = `SELECT r.oid, r.mode, r.relkind, r."table", ${storageOf('r.oid')} AS storage, ${scannedOf('r.oid')}${number} AS scanned,
  ${rowsWrittenOf('r.oid')}, ${logMark},
  ${milliseconds('statement')} AS "beganAtMs", ${milliseconds('clock')} AS "endedAtMs"`;

/** Under the names by which a session may keep them prepared. */
const looks = {
  withSizes: {
    name: 'migration-checklist look with sizes',
    text: `WITH seen AS MATERIALIZED (${seen}), weighed AS MATERIALIZED (${weighed})
${described}, z."totalBytes", z."rowBytes"
FROM weighed r LEFT JOIN (SELECT t.oid, ${sizes('t.oid')} FROM (SELECT DISTINCT weighed.weighed AS oid FROM weighed) t) z
  ON z.oid ${equals} r.weighed`,
  },
  withoutSizes: {
    name: 'migration-checklist look',
    text: `${described}, NULL AS "totalBytes", NULL AS "rowBytes" FROM (${seen} OFFSET 0) r`,
  },
};

/** What is there before the first statement; sizes are 0 when they are not asked for. */
export const readExisting = async (session: Session, withSizes: boolean) => {
  const results: unknown = await session.query(`${existingQuery(withSizes)}; SELECT ${logMark}`);
  // pg gives one result per statement, which its types do not know.
  const [relations, { rows }] = results as [{ rows: readonly Existing[] }, { rows: readonly [LogMark] }];
  return { relations: relations.rows, log: rows[0] };
};

type Known = {
  /** lockKey of each, in ascending order. */
  readonly locks: readonly number[];
  readonly watched: ReadonlySet<Counters>;
};

/** What is known from the looks before, as the query takes it; made ahead, so that no look waits for it. */
export const knownValues = ({ locks, watched }: Known): readonly string[] => {
  const all = [...watched];
  return [locks, ...counters.map((name) => all.map((one) => one[name]))].map((numbers) => `{${numbers.join()}}`);
};

/**
 * Planned once for a session where the statement may be prepared: half of what a look costs is planning. Whatever a migration
 * prepares or deallocates by name must then leave ours alone.
 */
export type Preparing = { readonly isPrepared: boolean };

/**
 * New locks, and the watched relations that have changed, in one round trip, since it follows every statement. The moments are
 * the server's, in milliseconds; only differences mean something.
 */
export const readSeen = async (
  session: Session,
  values: readonly string[],
  { isAlone, isPrepared }: Preparing & { readonly isAlone: boolean },
) => {
  const { name, text } = isAlone ? looks.withSizes : looks.withoutSizes;
  const { rows } = await session.query<Seen & LogMark & { readonly beganAtMs: number; readonly endedAtMs: number }>({
    ...(isPrepared && { name }),
    text,
    values: [...values],
  });
  const [first] = rows;
  if (!first) throw new Error('the query after a statement returned no row, expected one row; please report this');
  const { logEnd, nextTransaction, isAnotherWriting, beganAtMs } = first;
  return {
    log: { logEnd, nextTransaction, isAnotherWriting },
    beganAtMs,
    endedAtMs: Math.max(...rows.map((row) => row.endedAtMs)),
    seen: rows.filter(({ oid }) => oid !== 0),
  };
};
