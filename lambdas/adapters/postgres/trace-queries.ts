/**
 * The queries behind the trace of statements. They run between the statements of a migration, whatever it made of the
 * search_path: every name and operator is PostgreSQL's own by its full name.
 */
import type { Session } from './session';

export type Existing = {
  readonly oid: number;
  /** `schema.name`; null for TOAST relations and our own schema's, of which only the size is of interest. */
  readonly name: string | null;
  readonly kind: 'rows' | 'index' | 'other';
  /** Null for what has no storage, and for sequences: they change theirs with every ALTER, which is 8 kB and no rewrite. */
  readonly storage: number | null;
  readonly sizeBytes: number;
};

/** A relation on which this transaction holds a lock; listed once per mode. */
export type Seen = {
  readonly oid: number;
  readonly mode: string;
  readonly storage: number | null;
  /** Rows that sequential scans of this transaction returned, and rows it inserted, updated and deleted. */
  readonly scanned: number;
  readonly written: number;
  /** Null when it cannot have changed, or was not asked for. */
  readonly sizeBytes: number | null;
};

// Where the write-ahead log ends now; only differences mean something.
const logEnd = `pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0'::pg_catalog.pg_lsn)::pg_catalog.float8 AS "logEnd"`;

const existingQuery = (withSizes: boolean) => `
SELECT c.oid, CASE WHEN n.nspname OPERATOR(pg_catalog.=) ANY (ARRAY['pg_toast', 'migration_checklist']::pg_catalog.name[]) THEN NULL
         ELSE pg_catalog.concat(n.nspname, '.', c.relname) END AS name,
       CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'i' THEN 'index'
         WHEN c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'm']::pg_catalog."char"[]) THEN 'rows' ELSE 'other' END AS kind,
       CASE WHEN c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'm', 'i']::pg_catalog."char"[])
         THEN c.relfilenode END AS storage,
       ${withSizes ? 'coalesce(pg_catalog.pg_relation_size(c.oid), 0)' : '0'}::pg_catalog.float8 AS "sizeBytes"
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
  AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
  AND (n.nspname OPERATOR(pg_catalog.=) 'pg_toast' OR n.nspname OPERATOR(pg_catalog.!~) '^pg_')`;

// 16384 is FirstNormalObjectId (access/transam.h): below it lie PostgreSQL's own catalogs, which every statement reads.
// For a table, tuples returned are the rows of its sequential scans: seq_tup_read of pg_stat_xact_user_tables. What is locked
// for reading alone cannot have changed its size.
const seenQuery = (withSizes: boolean) => `
SELECT w."logEnd", l.relation AS oid, l.mode, pg_catalog.pg_relation_filenode(l.relation) AS storage,
       pg_catalog.pg_stat_get_xact_tuples_returned(l.relation)::pg_catalog.float8 AS scanned,
       pg_catalog.pg_stat_get_xact_tuples_inserted(l.relation)::pg_catalog.float8 AS inserted,
       pg_catalog.pg_stat_get_xact_tuples_updated(l.relation)::pg_catalog.float8 AS updated,
       pg_catalog.pg_stat_get_xact_tuples_deleted(l.relation)::pg_catalog.float8 AS deleted,
       ${
         withSizes
           ? `CASE WHEN l.mode OPERATOR(pg_catalog.<>) ALL (ARRAY['AccessShareLock', 'RowShareLock'])
         THEN coalesce(pg_catalog.pg_relation_size(l.relation), 0)::pg_catalog.float8 END`
           : 'NULL'
       } AS "sizeBytes"
FROM (SELECT ${logEnd}) w LEFT JOIN pg_catalog.pg_locks l
  ON l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND l.granted
  AND l.locktype OPERATOR(pg_catalog.=) 'relation' AND l.relation OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid`;

/** What is there before the first statement; sizes are 0 when they are not asked for. */
export const readExisting = async (session: Session, withSizes: boolean) => {
  const results: unknown = await session.query(`${existingQuery(withSizes)}; SELECT ${logEnd}`);
  // pg gives one result per statement, which its types do not know.
  const [relations, log] = results as [{ rows: readonly Existing[] }, { rows: readonly { logEnd: number }[] }];
  return { relations: relations.rows, logEnd: log.rows[0]?.logEnd ?? 0 };
};

/** In one round trip, since it follows every statement. */
export const readSeen = async (session: Session, withSizes: boolean) => {
  type Row = Seen & { logEnd: number; oid: number | null; inserted: number; updated: number; deleted: number };
  const { rows } = await session.query<Row>(seenQuery(withSizes));
  return {
    logEnd: rows[0]?.logEnd ?? 0,
    seen: rows
      .filter(({ oid }) => oid !== null)
      .map(({ inserted, updated, deleted, ...row }): Seen => ({ ...row, written: inserted + updated + deleted }))
      .sort((one, other) => one.oid - other.oid || (one.mode < other.mode ? -1 : 1)),
  };
};
