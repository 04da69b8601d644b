/** The lease: only one run at a time prepares against a target. */
import { TargetIsBusy } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { iso } from '../session/moment';
import { type Session, withOwnSession } from '../session/session';
import { commit, inTransaction } from '../session/transaction';
import { ensureOwnSchema, isMissingTable } from './own-schema';
import { refuseBesideOther } from './restart-points';

/** 10 s: the row is only ever held for one statement. */
const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 0 };

type Holder = { runId: string; holder: string; acquiredAt: string; expiresAt: string };

const readHolder = async (session: Session, condition = 'true', values: readonly unknown[] = []) => {
  const { rows } = await session.query<Holder>(
    `SELECT run_id AS "runId", holder, ${iso('acquired_at')} AS "acquiredAt", ${iso('expires_at')} AS "expiresAt"
     FROM migration_checklist.lease WHERE ${condition}`,
    [...values],
  );
  return rows[0] ?? null;
};

const busy = ({ runId, holder, acquiredAt, expiresAt }: Holder) =>
  new TargetIsBusy(
    `run ${runId} (${holder}) has held the target since ${acquiredAt}, until ${expiresAt} at the latest; wait until that run ends or stop it, then start again`,
  );

/**
 * Reads only. Errors: TargetIsBusy when another run holds the lease, MigrationRefused when another's migration is partly applied.
 */
export const requireFreeTarget = (connection: ConnectionSettings, runId: string): Promise<void> =>
  withOwnSession(connection, async (session) => {
    try {
      const held = await readHolder(session, 'run_id <> $1 AND expires_at > pg_catalog.now()', [runId]);
      if (held) throw busy(held);
      await refuseBesideOther(session, runId);
    } catch (error) {
      if (!isMissingTable(error)) throw error;
    }
  });

/** An expired lease is taken over; the run that holds it already gets the new expiry. Errors: TargetIsBusy. */
export const acquireLease = (
  connection: ConnectionSettings,
  lease: { readonly runId: string; readonly holder: string; readonly expiresAt: Date },
): Promise<void> =>
  withOwnSession(connection, (session) =>
    inTransaction(session, { limits, end: commit }, async () => {
      await ensureOwnSchema(session);
      const { rowCount } = await session.query(
        `INSERT INTO migration_checklist.lease AS held (run_id, holder, acquired_at, expires_at)
         VALUES ($1, $2, pg_catalog.now(), $3)
         ON CONFLICT (only_row) DO UPDATE
         SET run_id = EXCLUDED.run_id, holder = EXCLUDED.holder, expires_at = EXCLUDED.expires_at,
             acquired_at = CASE WHEN held.run_id = EXCLUDED.run_id THEN held.acquired_at ELSE EXCLUDED.acquired_at END
         WHERE held.run_id = EXCLUDED.run_id OR held.expires_at <= pg_catalog.now()`,
        [lease.runId, lease.holder, lease.expiresAt],
      );
      if (rowCount === 1) return;
      throw busy((await readHolder(session)) as Holder);
    }),
  );

export const releaseLease = (connection: ConnectionSettings, runId: string): Promise<void> =>
  withOwnSession(connection, async (session) => {
    try {
      await session.query('DELETE FROM migration_checklist.lease WHERE run_id = $1', [runId]);
    } catch (error) {
      if (!isMissingTable(error)) throw error;
    }
  });
