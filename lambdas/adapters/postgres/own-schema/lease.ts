/** The lease: only one run at a time prepares against a target. */
import { MigrationRefused, TargetIsBusy } from '#domain/errors';
import type { Lease, RunIdentity } from '#domain/ledger/ledger';
import type { Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withWatchedSession } from '../apply/blocking-sessions';
import { iso } from '../session/moment';
import type { Session } from '../session/session';
import { commit, inTransaction } from '../session/transaction';
import { ensureOwnSchema, isMissingTable } from './own-schema';
import { refuseBesideOther } from './restart-points';
import { recordState } from './version-states';

/** 10 s: the row is only ever held for one statement. */
const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 0 };

/** Null when nobody holds the target, or nobody whom the condition names. */
export const readHolder = async (session: Session, condition = 'true', values: readonly unknown[] = []) => {
  const { rows } = await session.query<Lease>(
    `SELECT run_id AS "runId", holder, ${iso('acquired_at')} AS "acquiredAt", ${iso('expires_at')} AS "expiresAt",
            expires_at <= pg_catalog.now() AS "isExpired"
     FROM migration_checklist.lease WHERE ${condition}`,
    [...values],
  );
  return rows[0] ?? null;
};

const busy = ({ runId, holder, acquiredAt, expiresAt }: Lease) =>
  new TargetIsBusy(
    `run ${runId} (${holder}) has held the target since ${acquiredAt}, until ${expiresAt} at the latest; wait until that run ends or stop it, then start again`,
  );

/** The row of another run: of another id, or of the same id with another file or owner. */
const isOthers = `(lease.run_id <> $1 OR (pg_catalog.to_jsonb(lease) ->> 'sha256') <> $2 OR (pg_catalog.to_jsonb(lease) ->> 'owner') <> $3)`;

const identityOf = ({ runId, sha256, owner }: LeaseRun) => [runId, sha256 ?? null, owner ?? null];

export type LeaseRun = Pick<RunIdentity, 'runId'> & Partial<RunIdentity>;

/**
 * Reads only. Errors: TargetIsBusy when another run holds the lease, MigrationRefused when another's migration is partly applied.
 */
export const requireFreeTarget = (connection: ConnectionSettings, run: LeaseRun): Promise<void> =>
  withWatchedSession(connection, async (session) => {
    try {
      const held = await readHolder(session, `${isOthers} AND expires_at > pg_catalog.now()`, identityOf(run));
      if (held) throw busy(held);
      await refuseBesideOther(session, run.runId);
    } catch (error) {
      if (!isMissingTable(error)) throw error;
    }
  });

/** The row of this very run, expired or not. */
const isOwn = `NOT coalesce(${isOthers}, lease.run_id <> $1)`;

/** Why a run that holds nothing may not write; the end of the sentence says what did not happen. */
const noLease = ({ runId }: LeaseRun, own: Lease | null, otherwise: string) =>
  new MigrationRefused(
    `run ${runId} ${own ? `held the target until ${own.expiresAt}, which is over` : 'does not hold the target any more: it was closed, or another run has held the target since'}; ${otherwise}. Start a new run`,
  );

/**
 * Inside the transaction that writes, under the ledger's lock: what is closed, or has lost the target, must not write. Errors:
 * TargetIsBusy, MigrationRefused. `otherwise` says what did not happen.
 */
export const requireOwnLease = async (session: Session, run: LeaseRun, otherwise: string): Promise<void> => {
  const valid = 'expires_at > pg_catalog.clock_timestamp()';
  const held = await readHolder(session, `${isOthers} AND ${valid}`, identityOf(run));
  if (held) throw busy(held);
  const own = await readHolder(session, `${isOwn} AND ${valid}`, identityOf(run));
  if (!own) throw noLease(run, await readHolder(session, isOwn, identityOf(run)), otherwise);
};

/**
 * Takes the lease and, unless the run takes a version back, records that the version is being prepared. An expired lease is taken over; the run that holds it already
 * gets the new expiry. Errors: TargetIsBusy; MigrationRefused for a renewal by a run that holds nothing.
 */
export const acquireLease = (
  connection: ConnectionSettings,
  {
    run,
    holder,
    lifeSeconds,
    isRollback = false,
    takenFrom,
    isRenewal = false,
  }: Parameters<Database['acquireLease']>[1],
): Promise<void> =>
  withWatchedSession(connection, (session) =>
    inTransaction(session, { limits, end: commit }, async () => {
      await ensureOwnSchema(session);
      if (isRenewal && !(await readHolder(session, `${isOwn} FOR UPDATE`, identityOf(run)))) {
        const held = await readHolder(session, 'expires_at > pg_catalog.now()');
        throw held ? busy(held) : noLease(run, null, 'nothing was done');
      }
      const { rowCount } = await session.query(
        `INSERT INTO migration_checklist.lease (run_id, sha256, owner, holder, acquired_at, expires_at)
         VALUES ($1, $2, $3, $4, pg_catalog.now(), pg_catalog.now() + pg_catalog.make_interval(secs => $5))
         ON CONFLICT (only_row) DO UPDATE
         SET run_id = EXCLUDED.run_id, sha256 = EXCLUDED.sha256, owner = EXCLUDED.owner, holder = EXCLUDED.holder,
             expires_at = EXCLUDED.expires_at,
             acquired_at = CASE WHEN lease.run_id = EXCLUDED.run_id THEN lease.acquired_at ELSE EXCLUDED.acquired_at END
         WHERE ${isOwn} OR lease.expires_at <= pg_catalog.now() OR lease.run_id = $6`,
        [...identityOf(run), holder, lifeSeconds, takenFrom ?? null],
      );
      if (rowCount !== 1) throw busy((await readHolder(session)) as Lease);
      if (!isRollback) await recordState(session, run, { state: 'being prepared', reason: holder, by: run.runId });
    }),
  );

/** The search_path has to be hidden, and the table to exist. */
export const deleteLease = async (session: Session, run: LeaseRun): Promise<void> => {
  await session.query(`DELETE FROM migration_checklist.lease WHERE ${isOwn}`, identityOf(run));
};

export const releaseLease = (connection: ConnectionSettings, run: LeaseRun): Promise<void> =>
  withWatchedSession(connection, async (session) => {
    try {
      await deleteLease(session, run);
    } catch (error) {
      if (!isMissingTable(error)) throw error;
    }
  });
