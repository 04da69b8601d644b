/** The lease: one run at a time prepares against a target. */
import { TargetIsBusy } from '../../domain/errors';
import type { ConnectionSettings } from '../../ports';
import { iso } from './moment';
import { ensureOwnSchema, isMissingTable } from './own-schema';
import { withOwnSession } from './session';
import { commit, inTransaction } from './transaction';

/** 10 s: the row is only ever held for one statement. */
const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 0 };

type Holder = { runId: string; holder: string; acquiredAt: string; expiresAt: string };

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
      const { rows } = await session.query<Holder>(
        `SELECT run_id AS "runId", holder, ${iso('acquired_at')} AS "acquiredAt", ${iso('expires_at')} AS "expiresAt"
         FROM migration_checklist.lease`,
      );
      const held = rows[0] as Holder;
      throw new TargetIsBusy(
        `run ${held.runId} (${held.holder}) has held the target since ${held.acquiredAt}, at the longest until ${held.expiresAt}; wait until it ends or stop it, then start again`,
      );
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
