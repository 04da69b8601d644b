/**
 * Reads the outcome of an apply that failed or whose answer was lost, from the ledger and from the units committed without a row.
 */
import { LockNotAvailable } from '#domain/errors';
import { isRowOf, type KnownRun } from '#domain/ledger/ledger';
import type { ApplyState, EndOfLease } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { deleteLease } from '../own-schema/lease';
import { readVersion, unlessMissing } from '../own-schema/ledger';
import { lockLedgerForSession } from '../own-schema/own-schema';
import { readProgress } from '../own-schema/restart-points';
import { settleBegun } from '../own-schema/settle-begun';
import { type Session, withOwnSession } from '../session/session';
import { namingBlockers } from './blocking-sessions';
import { endStuckWorker } from './worker';

/**
 * 5 s: a session that lost its connection while committing has ended by then. 60 s: whoever still holds the ledger after that, a
 * later attempt of this state or a person should look at.
 */
const standardPatience = { graceMs: 5_000, patienceMs: 60_000 };

const lockWithin = async (session: Session, runId: string, waitMs: number) => {
  await session.query(`SET lock_timeout = ${waitMs}`);
  await lockLedgerForSession(session, `the outcome of run ${runId} is not known yet`);
};

/**
 * The ledger's lock, when no transaction that could still write the row is open. The process behind this run's worker is gone or
 * frozen, or it would have answered; a worker that only holds its locks is ended, and one that still works or commits is not.
 */
const lockAfterWorker = async (session: Session, runId: string, { graceMs, patienceMs }: typeof standardPatience) => {
  try {
    await lockWithin(session, runId, graceMs);
  } catch (error) {
    if (!(error instanceof LockNotAvailable)) throw error;
    await endStuckWorker(session, runId);
    await lockWithin(session, runId, patienceMs);
  }
};

const readUnderLock = async (
  connection: ConnectionSettings,
  session: Session,
  run: KnownRun,
  patience: typeof standardPatience,
): Promise<ApplyState> => {
  const { version, runId } = run;
  await namingBlockers(connection, session, patience.graceMs, () => lockAfterWorker(session, runId, patience));
  const entry = await unlessMissing(
    async () => (await readVersion(session, version)).find((row) => isRowOf(row, run)) ?? null,
    null,
  );
  if (entry) return { entry, progress: null };
  return unlessMissing(
    async () => {
      await settleBegun(session, { runId, version, phase: 'apply' });
      return { entry, progress: (await readProgress(session)).find((one) => one.runId === runId) ?? null };
    },
    { entry, progress: null },
  );
};

/**
 * Waits until no transaction that could still write the row is open: after a lost connection the server may still be committing,
 * so an immediate look would prove nothing. Errors: LockNotAvailable, naming who holds the ledger.
 */
export const establishOutcome = (
  connection: ConnectionSettings,
  run: KnownRun,
  patience = standardPatience,
  endsLease: EndOfLease = 'never',
): Promise<ApplyState> =>
  withOwnSession(
    connection,
    async (session) => {
      const state = await readUnderLock(connection, session, run, patience);
      const stands = state.entry !== null || state.progress !== null;
      // Still under the lock: what begins to apply after it finds no lease, and what was applied before it was read.
      if (endsLease === 'always' || (endsLease === 'where nothing stands' && !stands))
        await unlessMissing(() => deleteLease(session, run), undefined);
      return state;
    },
    { holdsLocks: true },
  );
