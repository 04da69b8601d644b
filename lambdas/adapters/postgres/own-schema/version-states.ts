/** What became of each version: written where it becomes true, in the same transaction, by the database's clock. */
import { VerificationFailed } from '#domain/errors';
import type { KnownRun, RunIdentity, SignOffWitness } from '#domain/ledger/ledger';
import { ledgerStates, type StateRecord } from '#domain/ledger/states';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Session, withOwnSession } from '../session/session';
import { commit, inTransaction } from '../session/transaction';
import { ensureOwnSchema, lockLedger } from './own-schema';

/** False in a database whose schema an earlier version made. */
export const hasStates = async (session: Session): Promise<boolean> => {
  const { rows } = await session.query<{ found: boolean }>(
    `SELECT pg_catalog.to_regclass('migration_checklist.version_state') IS NOT NULL AS found`,
  );
  return rows[0]?.found === true;
};

/**
 * Records the state unless a later one is recorded already, or this one. Inside the caller's transaction, under the ledger's lock
 * or the lease's; the search_path has to be hidden.
 */
export const recordState = async (
  session: Session,
  { version, runId, migration = '', sha256 = '', owner = null }: KnownRun,
  { state, reason, by }: Omit<StateRecord, 'since'>,
): Promise<boolean> => {
  const { rowCount } = await session.query(
    `INSERT INTO migration_checklist.version_state
       (version, run_id, step, migration, sha256, owner, state, reason, recorded_by, since)
     SELECT $1, $2, coalesce(last.step, 0) + 1, coalesce(nullif($3, ''), last.migration, ''), coalesce(nullif($4, ''), last.sha256, ''),
            coalesce($5, last.owner), $6, $7, $8, pg_catalog.clock_timestamp()
     FROM (VALUES (1)) AS once LEFT JOIN LATERAL (
       SELECT * FROM migration_checklist.version_state
       WHERE version = $1 AND run_id = $2 ORDER BY step DESC LIMIT 1) last ON true
     WHERE last.state IS DISTINCT FROM $6::text AND coalesce(last.state, 'nothing') = ANY ($9::text[])`,
    [version, runId, migration, sha256, owner, state, reason, by, ledgerStates[state].after],
  );
  return rowCount === 1;
};

/** The last state of a version's run; null where nothing is recorded. The table has to exist, and the search_path to be hidden. */
export const readLastState = async (session: Session, { version, runId }: Pick<KnownRun, 'version' | 'runId'>) => {
  const { rows } = await session.query<Pick<StateRecord, 'state' | 'by'>>(
    `SELECT state, recorded_by AS by FROM migration_checklist.version_state
     WHERE version = $1 AND run_id = $2 ORDER BY step DESC LIMIT 1`,
    [version, runId],
  );
  return rows[0] ?? null;
};

/** 10 s: the lock is only ever held for one statement, or by an apply, which this waits for and is then tried again. */
const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 0 };

export const inLedger = <T>(
  connection: ConnectionSettings,
  what: string,
  work: (session: Session) => Promise<T>,
): Promise<T> =>
  withOwnSession(connection, (session) =>
    inTransaction(session, { limits, end: commit }, async () => {
      await lockLedger(session, what);
      await ensureOwnSchema(session);
      return work(session);
    }),
  );

/** Puts the witness into the row; the version is signed off then, or demonstrated. Idempotent. Errors: VerificationFailed when the row is not there. */
export const recordSignOff = (
  connection: ConnectionSettings,
  run: RunIdentity,
  { sha256, signature, isDemonstration = false }: SignOffWitness,
): Promise<void> =>
  inLedger(connection, `the sign-off of run ${run.runId} could not be recorded`, async (session) => {
    const { rowCount } = await session.query(
      `UPDATE migration_checklist.ledger SET sign_off_sha256 = $5, sign_off_signature = $6
       WHERE version = $1 AND run_id = $2 AND sha256 = $3 AND coalesce(owner, $4, '') = coalesce($4, owner, '') AND rolled_back_at IS NULL`,
      [run.version, run.runId, run.sha256, run.owner ?? null, sha256, signature],
    );
    if (rowCount !== 1)
      throw new VerificationFailed(
        `the ledger holds no standing row of run ${run.runId} for version ${run.version} with this file, so its sign-off cannot be recorded; look at migration_checklist.ledger`,
      );
    const state = isDemonstration ? 'demonstrated' : 'signed off';
    await recordState(session, run, { state, reason: '', by: run.runId });
  });

/** Whether anything of the run is applied: its row, or units that are committed without one. */
const hasStanding = async (session: Session, { version, runId }: RunIdentity): Promise<boolean> => {
  const { rows } = await session.query<{ stands: boolean }>(
    `SELECT EXISTS (SELECT FROM migration_checklist.ledger WHERE version = $1 AND run_id = $2 AND rolled_back_at IS NULL)
         OR EXISTS (SELECT FROM migration_checklist.restart_point
                    WHERE version = $1 AND run_id = $2 AND phase = 'apply' AND done_at IS NOT NULL AND undone_at IS NULL) AS stands`,
    [version, runId],
  );
  return rows[0]?.stands === true;
};

/** Records how a run ended; a state that says that something stands only where something does. Idempotent. */
export const recordEnd = (
  connection: ConnectionSettings,
  run: RunIdentity,
  record: Omit<StateRecord, 'since'>,
): Promise<void> =>
  inLedger(connection, `the end of run ${run.runId} could not be recorded`, async (session) => {
    if (record.state.startsWith('stands') && !(await hasStanding(session, run))) return;
    await recordState(session, run, record);
  });
