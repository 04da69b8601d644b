/**
 * The queries behind the trace of statements. They run between the statements of a migration, whatever it made of the
 * search_path: every name and operator is PostgreSQL's own by its full name.
 */
import type { Session } from './session';

export type Size = {
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
  Pick<Seen, 'scanned' | 'written'>;

/** A relation with a lock that was not held before, or, with `mode` null, one whose counters changed. */
export type Seen = {
  readonly oid: number;
  readonly mode: string | null;
  /** pg_class.relkind; null when it is gone. */
  readonly relkind: string | null;
  readonly table: number | null;
  /** 0 for none. */
  readonly storage: number;
  /** Rows that sequential scans of this transaction returned, and rows it inserted, updated and deleted. */
  readonly scanned: number;
  readonly written: number;
} & { readonly [K in keyof Size]: number | null };

const equals = 'OPERATOR(pg_catalog.=)';
const number = '::pg_catalog.float8';

// Where the write-ahead log ends now; only differences mean something.
const logEnd = `pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0'::pg_catalog.pg_lsn)${number} AS "logEnd"`;

const sizes = (oid: string) => `pg_catalog.pg_total_relation_size(${oid})${number} AS "totalBytes",
       pg_catalog.pg_relation_size(${oid})${number} AS "rowBytes"`;

const kindIn = (kinds: string) => `c.relkind ${equals} ANY ('{${kinds}}'::pg_catalog."char"[])`;

/** One number for a lock; no two of PostgreSQL's eight lock modes have names of the same length. */
export const lockKey = (oid: number, mode: string): number => oid * 32 + mode.length;
const lockKeySql = `l.relation::pg_catalog.int8 OPERATOR(pg_catalog.*) 32 OPERATOR(pg_catalog.+) pg_catalog.length(l.mode)`;

/** What can change in a relation while no new lock on it is taken. 0 for a storage that is none. */
export type Counters = Pick<Seen, 'oid' | 'storage' | 'scanned' | 'written'>;

const plus = 'OPERATOR(pg_catalog.+)';
const differs = 'OPERATOR(pg_catalog.<>)';
const tuples = (what: string, oid: string) => `pg_catalog.pg_stat_get_xact_tuples_${what}(${oid})`;
const storageOf = (oid: string) => `coalesce(pg_catalog.pg_relation_filenode(${oid}), 0::pg_catalog.oid)`;
// For a table, tuples returned are the rows of its sequential scans: seq_tup_read of pg_stat_xact_user_tables.
const scannedOf = (oid: string) => tuples('returned', oid);
const writtenOf = (oid: string) =>
  `(${tuples('inserted', oid)} ${plus} ${tuples('updated', oid)} ${plus} ${tuples('deleted', oid)})`;

// Only tables are weighed, with all that belongs to them. What the session has counted in earlier transactions and not yet
// handed on still counts (PostgreSQL 15 and later hand it on once a second).
const existingQuery = (withSizes: boolean) => `
SELECT c.oid, pg_catalog.concat(n.nspname, '.', c.relname) AS name,
       CASE WHEN ${kindIn('i')} THEN 'index' WHEN ${kindIn('r,m')} THEN 'rows' ELSE 'other' END AS kind, i.indrelid AS "table",
       c.relfilenode AS storage,
       ${scannedOf('c.oid')}${number} AS scanned, ${writtenOf('c.oid')}${number} AS written,
       ${withSizes ? sizes(`CASE WHEN ${kindIn('r,m')} THEN c.oid END`) : '0 AS "totalBytes", 0 AS "rowBytes"'}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid ${equals} c.relnamespace
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid ${equals} c.oid
WHERE n.nspname OPERATOR(pg_catalog.<>) ALL ('{information_schema,migration_checklist}'::pg_catalog.name[])
  AND n.nspname OPERATOR(pg_catalog.!~) '^pg_'`;

// In the order of `valuesOf`.
const watchedRows = ['oid', 'oid', 'int8', 'int8']
  .map((type, index) => `pg_catalog.unnest($${index + 2}::pg_catalog.${type}[])`)
  .join();

// 16384 is FirstNormalObjectId (access/transam.h): below it lie PostgreSQL's own catalogs, which every statement reads.
// A long migration holds hundreds of locks: what is known is left out on the server, or looking would cost more than the
// statements do. There is always a row, the one of relation 0, to tell where the log ends.
// Whoever only reads makes no table larger; the size is that of the table, whichever of its indexes was locked.
const seenSizes = `CASE WHEN r.mode IS NULL OR r.mode ${differs} ALL ('{AccessShareLock,RowShareLock}'::pg_catalog.text[])
         THEN coalesce(r."table", r.oid) END`;

const seenQuery = (withSizes: boolean) => `
SELECT r.oid, r.mode, ${storageOf('r.oid')} AS storage, ${scannedOf('r.oid')}${number} AS scanned,
       ${writtenOf('r.oid')}${number} AS written,
       (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid ${equals} r.oid) AS relkind,
       r."table", ${withSizes ? sizes(seenSizes) : 'NULL AS "totalBytes", NULL AS "rowBytes"'}, ${logEnd}
FROM (SELECT s.oid, s.mode, (SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indexrelid ${equals} s.oid) AS "table" FROM (
      SELECT l.relation AS oid, l.mode FROM pg_catalog.pg_locks l
      WHERE l.pid ${equals} pg_catalog.pg_backend_pid() AND l.granted AND l.locktype ${equals} 'relation'
        AND l.relation OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND (${lockKeySql}) ${differs} ALL ($1::pg_catalog.int8[])
      UNION ALL
      SELECT w.oid, NULL FROM ROWS FROM (${watchedRows}) w(oid, storage, scanned, written)
      WHERE ${storageOf('w.oid')} ${differs} w.storage OR ${scannedOf('w.oid')} ${differs} w.scanned
        OR ${writtenOf('w.oid')} ${differs} w.written
      UNION ALL SELECT 0::pg_catalog.oid, NULL) s OFFSET 0) r`;

/** What is there before the first statement; sizes are 0 when they are not asked for. */
export const readExisting = async (session: Session, withSizes: boolean) => {
  const results: unknown = await session.query(`${existingQuery(withSizes)}; SELECT ${logEnd}`);
  // pg gives one result per statement, which its types do not know.
  const [relations, log] = results as [{ rows: readonly Existing[] }, { rows: readonly { logEnd: number }[] }];
  return { relations: relations.rows, logEnd: log.rows[0]?.logEnd ?? 0 };
};

const numbersOf = (watched: readonly Counters[], name: keyof Counters) => `{${watched.map((one) => one[name]).join()}}`;

const valuesOf = ({ locks, watched }: Looked) => [
  `{${locks.join()}}`,
  ...(['oid', 'storage', 'scanned', 'written'] as const).map((name) => numbersOf(watched, name)),
];

/** What is known from the looks before. */
export type Looked = { readonly locks: readonly number[]; readonly watched: readonly Counters[] };

/**
 * Planned once for a session where the statement may be prepared: half of what a look costs is planning. Whatever a migration
 * prepares or deallocates by name must then leave ours alone.
 */
export type Preparing = { readonly isPrepared: boolean };

const nameOf = (withSizes: boolean) => (withSizes ? 'migration-checklist look with sizes' : 'migration-checklist look');

/** New locks, and the watched relations that have changed, in one round trip, since it follows every statement. */
export const readSeen = async (
  session: Session,
  looked: Looked,
  { isAlone, isPrepared }: Preparing & { readonly isAlone: boolean },
) => {
  const { rows } = await session.query<Seen & { logEnd: number }>({
    ...(isPrepared && { name: nameOf(isAlone) }),
    ...{ text: seenQuery(isAlone), values: valuesOf(looked) },
  });
  // There is always a row: no relation has the number 0.
  return { logEnd: rows[0]?.logEnd ?? 0, seen: rows.filter(({ oid }) => oid !== 0) };
};

/** Null for both sizes of one that is gone. */
export const readSizes = async (session: Session, oids: readonly number[]) => {
  const { rows } = await session.query<{ oid: number } & { [K in keyof Size]: number | null }>(
    `SELECT o.oid, ${sizes('o.oid')} FROM pg_catalog.unnest('{${oids.join()}}'::pg_catalog.oid[]) o(oid)`,
  );
  return rows;
};
