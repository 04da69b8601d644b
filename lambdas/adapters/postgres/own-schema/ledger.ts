/** The ledger of applied migrations, one row per version and run. */
import { VerificationFailed } from '#domain/errors';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { iso } from '../session/moment';
import { type Session, withOwnSession } from '../session/session';
import { isMissingTable } from './own-schema';

const columns = `version, migration, sha256, run_id AS "runId", applied_by AS "appliedBy", ${iso('applied_at')} AS "appliedAt",
  duration_ms::float8 AS "durationMs", catalog_fingerprint AS "catalogFingerprint", ${iso('rolled_back_at')} AS "rolledBackAt"`;

/** Rows of one version, oldest first. The search_path has to be hidden, and the table to exist. */
export const readVersion = async (session: Session, version: string): Promise<readonly LedgerEntry[]> => {
  const { rows } = await session.query<LedgerEntry>(
    `SELECT ${columns} FROM migration_checklist.ledger WHERE version = $1 ORDER BY applied_at, run_id`,
    [version],
  );
  return rows;
};

/** Adds the row with the database's clock. The search_path has to be hidden. */
export const insertEntry = async (
  session: Session,
  entry: Omit<LedgerEntry, 'appliedAt' | 'catalogFingerprint' | 'rolledBackAt'>,
): Promise<LedgerEntry> => {
  const { rows } = await session.query<LedgerEntry>(
    `INSERT INTO migration_checklist.ledger (version, migration, sha256, run_id, applied_by, applied_at, duration_ms)
     VALUES ($1, $2, $3, $4, $5, pg_catalog.clock_timestamp(), $6) RETURNING ${columns}`,
    [entry.version, entry.migration, entry.sha256, entry.runId, entry.appliedBy, entry.durationMs],
  );
  return rows[0] as LedgerEntry;
};

/** Marks the standing row of the version; returns when, by the database's clock. The search_path has to be hidden. */
export const markRolledBack = async (session: Session, version: string): Promise<string> => {
  const { rows } = await session.query<{ at: string }>(
    `UPDATE migration_checklist.ledger SET rolled_back_at = pg_catalog.clock_timestamp()
     WHERE version = $1 AND rolled_back_at IS NULL RETURNING ${iso('rolled_back_at')} AS at`,
    [version],
  );
  return (rows[0] as { at: string }).at;
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

export const readLedger = (connection: ConnectionSettings): Promise<readonly LedgerEntry[]> =>
  withOwnSession(connection, (session) =>
    unlessMissing(async () => {
      const { rows } = await session.query<LedgerEntry>(
        `SELECT ${columns} FROM migration_checklist.ledger ORDER BY applied_at, version, run_id`,
      );
      return rows;
    }, []),
  );

/** Errors: VerificationFailed when no such version is applied. */
export const recordFingerprint = (
  connection: ConnectionSettings,
  version: string,
  fingerprint: string,
): Promise<void> =>
  withOwnSession(connection, async (session) => {
    const { rowCount } = await session.query(
      `UPDATE migration_checklist.ledger SET catalog_fingerprint = $2 WHERE version = $1 AND rolled_back_at IS NULL`,
      [version, fingerprint],
    );
    if (rowCount !== 1)
      throw new VerificationFailed(
        `the ledger holds no standing row of version ${version}, so its catalog fingerprint cannot be recorded; look at migration_checklist.ledger`,
      );
  });
