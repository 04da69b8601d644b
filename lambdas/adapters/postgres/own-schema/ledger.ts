/** The ledger of applied migrations, one row per version and run. */
import { VerificationFailed } from '#domain/errors';
import { isRowOf, type LedgerEntry, type RunIdentity } from '#domain/ledger/ledger';
import type { ToolRowRecord } from '#domain/ledger/tool-row';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withWatchedSession } from '../apply/blocking-sessions';
import { iso } from '../session/moment';
import type { Session } from '../session/session';
import { isMissingTable } from './own-schema';
import { hasStates, recordState } from './version-states';

/** `l` is the ledger, `s` the last state. Through JSON, because a ledger of version 0.3 has not all of the columns. */
const columns = `l.version, l.migration, l.sha256, l.run_id AS "runId", l.applied_by AS "appliedBy", ${iso('l.applied_at')} AS "appliedAt",
  l.duration_ms::float8 AS "durationMs", l.catalog_fingerprint AS "catalogFingerprint", ${iso('l.rolled_back_at')} AS "rolledBackAt",
  pg_catalog.to_jsonb(l) ->> 'owner' AS owner,
  CASE WHEN pg_catalog.to_jsonb(l) ->> 'sign_off_sha256' IS NOT NULL THEN pg_catalog.jsonb_build_object(
    'sha256', pg_catalog.to_jsonb(l) ->> 'sign_off_sha256', 'signature', pg_catalog.to_jsonb(l) ->> 'sign_off_signature') END AS "signOff",
  pg_catalog.to_jsonb(l) -> 'tool_row' AS "toolRow",
  pg_catalog.jsonb_build_object(
    'state', coalesce(s.state, CASE WHEN l.rolled_back_at IS NULL THEN 'unknown: applied by an earlier version' ELSE 'rolled back' END),
    'reason', coalesce(s.reason, ''), 'by', coalesce(s.recorded_by, l.run_id),
    'since', coalesce(s.since, ${iso('coalesce(l.rolled_back_at, l.applied_at)')})) AS state`;

const withStates = `migration_checklist.ledger l LEFT JOIN LATERAL (
  SELECT state, reason, recorded_by, ${iso('since')} AS since FROM migration_checklist.version_state v
  WHERE v.version = l.version AND v.run_id = l.run_id ORDER BY step DESC LIMIT 1) s ON true`;

const withoutStates = `migration_checklist.ledger l
  CROSS JOIN (SELECT NULL::text AS state, NULL::text AS reason, NULL::text AS recorded_by, NULL::text AS since) s`;

const read = async (session: Session, where: string, values: readonly unknown[]): Promise<readonly LedgerEntry[]> => {
  const from = (await hasStates(session)) ? withStates : withoutStates;
  const { rows } = await session.query<LedgerEntry>(
    `SELECT ${columns} FROM ${from} WHERE ${where}
     ORDER BY l.applied_at, l.version, l.run_id`,
    [...values],
  );
  return rows;
};

/** Rows of one version, oldest first. The search_path has to be hidden, and the table to exist. */
export const readVersion = (session: Session, version: string): Promise<readonly LedgerEntry[]> =>
  read(session, 'l.version = $1', [version]);

export type NewEntry = RunIdentity &
  Pick<LedgerEntry, 'appliedBy' | 'durationMs'> & { readonly toolRow?: ToolRowRecord | null };

/** Adds the row with the database's clock, and its state. The search_path has to be hidden. */
export const insertEntry = async (session: Session, entry: NewEntry): Promise<LedgerEntry> => {
  const { version, migration, sha256, runId, appliedBy, durationMs, owner = null, toolRow = null } = entry;
  await session.query(
    `INSERT INTO migration_checklist.ledger (version, migration, sha256, run_id, applied_by, applied_at, duration_ms, owner, tool_row)
     VALUES ($1, $2, $3, $4, $5, pg_catalog.clock_timestamp(), $6, $7, $8)`,
    [version, migration, sha256, runId, appliedBy, durationMs, owner, toolRow && JSON.stringify(toolRow)],
  );
  await recordState(session, entry, { state: 'applied', reason: '', by: runId });
  return (await readVersion(session, version)).find((row) => isRowOf(row, entry)) as LedgerEntry;
};

/** Marks the standing row of the version; returns when, by the database's clock. `by` is the run that has done it. The search_path has to be hidden. */
export const markRolledBack = async (session: Session, version: string, by: string): Promise<string> => {
  const { rows } = await session.query<{ at: string } & RunIdentity>(
    `UPDATE migration_checklist.ledger SET rolled_back_at = pg_catalog.clock_timestamp()
     WHERE version = $1 AND rolled_back_at IS NULL
     RETURNING ${iso('rolled_back_at')} AS at, version, migration, sha256, run_id AS "runId", owner`,
    [version],
  );
  const [row] = rows as [{ at: string } & RunIdentity];
  await recordState(session, row, { state: 'rolled back', reason: '', by });
  return row.at;
};

/** The value for the ledger before the ledger exists. */
export const unlessMissing = async <T>(read: () => Promise<T>, whenMissing: T): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (isMissingTable(error)) return whenMissing;
    throw error;
  }
};

/** All rows, the oldest first. The table has to exist. */
export const readRows = (session: Session): Promise<readonly LedgerEntry[]> => read(session, 'true', []);

export const readLedger = (connection: ConnectionSettings): Promise<readonly LedgerEntry[]> =>
  withWatchedSession(connection, (session) => unlessMissing(() => readRows(session), []));

/** Errors: VerificationFailed when no such version is applied. */
export const recordFingerprint = (
  connection: ConnectionSettings,
  version: string,
  fingerprint: string,
): Promise<void> =>
  withWatchedSession(connection, async (session) => {
    const { rowCount } = await session.query(
      `UPDATE migration_checklist.ledger SET catalog_fingerprint = $2 WHERE version = $1 AND rolled_back_at IS NULL`,
      [version, fingerprint],
    );
    if (rowCount !== 1)
      throw new VerificationFailed(
        `the ledger holds no standing row of version ${version}, so its catalog fingerprint cannot be recorded; look at migration_checklist.ledger`,
      );
  });
