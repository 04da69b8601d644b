/** Our own schema in the target: the ledger, the states of its versions, the staging mark, the lease and the restart points. */
import { LockNotAvailable, MigrationRefused, VerificationFailed } from '#domain/errors';
import { isLockFailure, type Session, sqlStateOf } from '../session/session';

/** Any constant that never changes: a session that changes the ledger holds this advisory lock of the database. */
const advisoryLock = '7310598743216540271';

const tables = `
CREATE TABLE IF NOT EXISTS migration_checklist.ledger (
  version text NOT NULL,
  migration text NOT NULL,
  sha256 text NOT NULL,
  run_id text NOT NULL,
  applied_by text NOT NULL,
  applied_at timestamptz NOT NULL,
  duration_ms bigint NOT NULL,
  catalog_fingerprint text,
  rolled_back_at timestamptz,
  CONSTRAINT ledger_pkey PRIMARY KEY (version, run_id)
);
-- A version stands once; rows of migrations that were rolled back stay as its history.
CREATE UNIQUE INDEX IF NOT EXISTS ledger_standing_version ON migration_checklist.ledger (version)
  WHERE rolled_back_at IS NULL;
-- Tables of version 0.3 and before.
ALTER TABLE migration_checklist.ledger ADD COLUMN IF NOT EXISTS owner text,
  ADD COLUMN IF NOT EXISTS sign_off_sha256 text, ADD COLUMN IF NOT EXISTS sign_off_signature text;
-- Of version 0.5 and before.
ALTER TABLE migration_checklist.ledger ADD COLUMN IF NOT EXISTS tool_row jsonb;
-- What became of each version, one row per state that a run of it came to; the last step counts.
CREATE TABLE IF NOT EXISTS migration_checklist.version_state (
  version text NOT NULL,
  run_id text NOT NULL,
  step integer NOT NULL,
  migration text NOT NULL,
  sha256 text NOT NULL,
  owner text,
  state text NOT NULL,
  reason text NOT NULL,
  recorded_by text NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT version_state_pkey PRIMARY KEY (version, run_id, step)
);
CREATE TABLE IF NOT EXISTS migration_checklist.staging_mark (
  only_row boolean NOT NULL DEFAULT true,
  environment text NOT NULL,
  project_id text NOT NULL,
  branch_id text NOT NULL,
  marked_by text NOT NULL,
  marked_at timestamptz NOT NULL,
  CONSTRAINT staging_mark_pkey PRIMARY KEY (only_row),
  CONSTRAINT staging_mark_only_row CHECK (only_row)
);
CREATE TABLE IF NOT EXISTS migration_checklist.lease (
  only_row boolean NOT NULL DEFAULT true,
  run_id text NOT NULL,
  holder text NOT NULL,
  acquired_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (only_row),
  CONSTRAINT lease_only_row CHECK (only_row)
);
ALTER TABLE migration_checklist.lease ADD COLUMN IF NOT EXISTS sha256 text, ADD COLUMN IF NOT EXISTS owner text;
-- How far a migration of several units has come, and a rehearsal in its phases.
CREATE TABLE IF NOT EXISTS migration_checklist.restart_point (
  run_id text NOT NULL,
  version text NOT NULL,
  phase text NOT NULL,
  unit integer NOT NULL,
  description text NOT NULL,
  units integer NOT NULL,
  leftover jsonb,
  started_at timestamptz NOT NULL,
  done_at timestamptz,
  undone_at timestamptz,
  duration_ms bigint,
  statements jsonb,
  CONSTRAINT restart_point_pkey PRIMARY KEY (run_id, phase, unit)
);`;

/** All of them, by name. */
const tableNames = ['ledger', 'version_state', 'staging_mark', 'lease', 'restart_point'];

/** Of the tables that version 0.5 and before made without them. */
const laterColumns = [
  'ledger.owner',
  'ledger.sign_off_sha256',
  'ledger.sign_off_signature',
  'ledger.tool_row',
  'lease.sha256',
  'lease.owner',
];

/**
 * Waits until no other session is changing the ledger, and keeps the lock to the end of the transaction. `what` begins the
 * message: what could not be done. Errors: LockNotAvailable after the transaction's lock_timeout.
 */
export const lockLedger = (session: Session, what: string): Promise<void> =>
  waitForLedger(session, `SELECT pg_catalog.pg_advisory_xact_lock(${advisoryLock})`, what);

const waitForLedger = async (session: Session, wait: string, what: string): Promise<void> => {
  try {
    await session.query(wait);
  } catch (error) {
    if (!isLockFailure(error)) throw error;
    throw new LockNotAvailable(
      `${what}: another session is changing the ledger and did not finish in time; this session changed nothing`,
      { cause: error },
    );
  }
};

/**
 * The same lock for a session that has statements run outside of transactions: held until it ends, and counted, so that its
 * own transactions get it too. Errors: LockNotAvailable after the session's lock_timeout.
 */
export const lockLedgerForSession = (session: Session, what: string): Promise<void> =>
  waitForLedger(session, `SELECT pg_catalog.pg_advisory_lock(${advisoryLock})`, what);

/** A query that finds a row when the process holds the ledger's lock; `pid` is an expression. The key of 64 bits is kept in two halves. */
export const holdsLedger = (pid: string): string =>
  `SELECT FROM pg_catalog.pg_locks l WHERE l.pid = ${pid} AND l.granted AND l.locktype = 'advisory' AND l.objsubid = 1
     AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
     AND l.classid::bigint = (${advisoryLock}::bigint >> 32) AND l.objid::bigint = (${advisoryLock}::bigint & 4294967295)`;

const isComplete = async (session: Session) => {
  const { rows } = await session.query<{ found: number }>(
    `WITH ours AS (
       SELECT c.oid, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'migration_checklist' AND c.relname = ANY ($1) AND c.relkind = 'r')
     SELECT ((SELECT count(*) FROM ours)
           + (SELECT count(*) FROM ours JOIN pg_catalog.pg_attribute a ON a.attrelid = ours.oid AND NOT a.attisdropped
              WHERE ours.relname || '.' || a.attname = ANY ($2)))::int4 AS found`,
    [tableNames, laterColumns],
  );
  return rows[0]?.found === tableNames.length + laterColumns.length;
};

/** Whoever may write the ledger that an earlier version made may write what stands beside it now. */
const grantAsOnLedger = async (session: Session) => {
  const { rows } = await session.query<{ sql: string }>(
    `SELECT pg_catalog.format('GRANT %s ON migration_checklist.version_state TO %s', pg_catalog.string_agg(acl.privilege_type, ', '),
              CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::pg_catalog.regrole::text END) AS sql
     FROM pg_catalog.pg_class c, LATERAL pg_catalog.aclexplode(c.relacl) acl
     WHERE c.oid = 'migration_checklist.ledger'::pg_catalog.regclass AND acl.grantee <> c.relowner
       AND acl.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
     GROUP BY acl.grantee`,
  );
  for (const { sql } of rows) await session.query(sql);
};

const hasSchema = async (session: Session) => {
  const { rows } = await session.query(`SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'migration_checklist'`);
  return rows.length > 0;
};

/**
 * Makes what is missing of our schema, inside the caller's transaction and with the search_path hidden. Two first runs do
 * not collide: the one that has to make it holds the ledger's lock. Errors: LockNotAvailable, VerificationFailed.
 */
export const ensureOwnSchema = async (session: Session): Promise<void> => {
  if (await isComplete(session)) return;
  await lockLedger(session, 'the schema migration_checklist could not be made');
  try {
    // IF NOT EXISTS asks for the right to create before it looks, and a role without it may well use what is there.
    if (!(await hasSchema(session))) await session.query('CREATE SCHEMA migration_checklist');
    await session.query(tables);
    await grantAsOnLedger(session);
  } catch (cause) {
    if (sqlStateOf(cause) !== '42501') throw cause;
    throw new VerificationFailed(
      `the role may not make the schema migration_checklist with the ledger in it (${(cause as Error).message}); mark the database with the owner's role first, or GRANT CREATE ON DATABASE to this one`,
      { cause },
    );
  }
};

/** True for the errors that PostgreSQL gives when a table or schema is not there (42P01, 3F000). */
export const isMissingTable = (error: unknown): boolean => ['42P01', '3F000'].includes(sqlStateOf(error) ?? '');

/**
 * Reads everything in our tables as one text. A change that a migration makes to them through code that no parser sees, for
 * example in a DO block, shows here. Errors: MigrationRefused when the tables no longer exist.
 */
export const digestOwnTables = async (session: Session): Promise<string> => {
  const digestOf = (table: string) =>
    `coalesce((SELECT pg_catalog.string_agg(r::text, '|' ORDER BY r::text) FROM migration_checklist.${table} r), '')`;
  try {
    const { rows } = await session.query<{ digest: string }>(
      `SELECT pg_catalog.md5(${tableNames.map(digestOf).join(" || '#' || ")}) AS digest`,
    );
    return rows[0]?.digest ?? '';
  } catch (error) {
    if (isMissingTable(error)) throw new MigrationRefused(ownTablesChanged, { cause: error });
    throw error;
  }
};

export const ownTablesChanged =
  'the migration changes or drops tables of the schema migration_checklist (ledger, states, staging mark, lease, restart points), which only the checklist itself may write; remove those statements. The migration was rolled back.';
