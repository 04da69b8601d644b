/**
 * Reads the outcome of an apply that failed or whose answer was lost, from the ledger and from the units committed without a row.
 */
import { isRowOf, type KnownRun } from '#domain/ledger/ledger';
import type { ApplyState } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { readVersion, unlessMissing } from '../own-schema/ledger';
import { lockLedgerForSession } from '../own-schema/own-schema';
import { readProgress } from '../own-schema/restart-points';
import { settleBegun } from '../own-schema/settle-begun';
import { withOwnSession } from '../session/session';

/** 60 s: a session that lost its connection while committing has ended by then, or is stuck and a person should look. */
const patienceMs = 60_000;

/**
 * Waits until no transaction that could still write the row is open: after a lost connection the server may still be committing,
 * so an immediate look would prove nothing. Errors: LockNotAvailable.
 */
export const establishOutcome = (connection: ConnectionSettings, run: KnownRun): Promise<ApplyState> =>
  withOwnSession(connection, async (session) => {
    const { version, runId } = run;
    await session.query(`SET lock_timeout = ${patienceMs}`);
    await lockLedgerForSession(session, `the outcome of run ${runId} is not known yet`);
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
  });
