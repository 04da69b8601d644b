/** Rolls a migration back exactly once, also one of which only some units were applied. */
import type { StatementRun } from '#domain/dry-run/measured';
import { nothingToRollBack, requireTakenBackBy, rolledBackBy } from '#domain/ledger/rolled-back-by';
import type { Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { removeToolRow } from '../doors/tool-row';
import { requireOwnLease } from '../own-schema/lease';
import { markRolledBack, readVersion, unlessMissing } from '../own-schema/ledger';
import { lockLedgerForSession } from '../own-schema/own-schema';
import { markUndone, readProgress, readUndone, readUnits } from '../own-schema/restart-points';
import { settleBegun } from '../own-schema/settle-begun';
import { inLedger, readLastState, recordState } from '../own-schema/version-states';
import { type Session, withOwnSession } from '../session/session';
import { inLockAttempt } from './lock-attempt';
import { runUnits } from './run-units';

type Plan = Parameters<Database['rollBack']>[1];

/** Whether only some units of the run are committed. First removes or completes what the last one left half-done. */
const isInTheMiddle = (connection: ConnectionSettings, { applied }: Plan): Promise<boolean> =>
  withOwnSession(connection, async (session) => {
    const { version, runId } = applied;
    await lockLedgerForSession(session, `version ${version} cannot be rolled back now`);
    const rows = await unlessMissing(() => readVersion(session, version), []);
    if (rows.some((row) => row.rolledBackAt === null || row.runId === runId)) return false;
    const units = await unlessMissing(() => readUnits(session, { runId, version }), []);
    if (units.length > 0) await settleBegun(session, { runId, version, phase: 'apply' });
    return units.length > 0;
  });

/**
 * Before the first statement, in a commit of its own: whatever becomes of the rollback and of whoever calls it, the ledger says that it was
 * begun until it says how it ended.
 */
const recordBeginning = (connection: ConnectionSettings, plan: Plan, isFromMiddle: boolean): Promise<void> =>
  inLedger(connection, `version ${plan.applied.version} cannot be rolled back now`, async (session) => {
    if ((await settled(session, plan, isFromMiddle)) !== null) return;
    const rows = await readVersion(session, plan.applied.version);
    const version = isFromMiddle ? plan.applied : rows.find(({ rolledBackAt }) => rolledBackAt === null);
    if (version) await recordState(session, version, { state: 'being rolled back', reason: '', by: plan.by.runId });
  });

const settledInTheMiddle = async (session: Session, { applied, by }: Plan): Promise<string | null> => {
  const { version, runId } = applied;
  const undone = await readUndone(session, { runId, version });
  if (undone) {
    const state = await readLastState(session, { runId, version });
    requireTakenBackBy(applied, undone, state ?? { state: 'rolled back', by: runId }, by.runId);
    return undone;
  }
  if ((await readProgress(session)).some((progress) => progress.runId === runId)) return null;
  throw nothingToRollBack(version);
};

/** When this run took the version back; null while it has to, and may: it holds the target. */
const settled = async (session: Session, plan: Plan, isFromMiddle: boolean): Promise<string | null> => {
  const { applied, by } = plan;
  const earlier = isFromMiddle
    ? await settledInTheMiddle(session, plan)
    : rolledBackBy(await readVersion(session, applied.version), applied, by.runId);
  if (earlier === null) await requireOwnLease(session, by, `version ${applied.version} was not rolled back`);
  return earlier;
};

/**
 * The run that takes back holds the target, and what stands is what it was asked for: both are read in the transaction of each unit.
 * Errors: StatementFailed, LockNotAvailable, MigrationRefused, TargetIsBusy, OutcomeUnknown, DatabaseUnreachable.
 */
export const rollBack = async (
  connection: ConnectionSettings,
  plan: Plan,
): Promise<{ readonly statements: readonly StatementRun[]; readonly rolledBackAt: string }> => {
  const { statements, applied, by, door } = plan;
  const { version } = applied;
  const isFromMiddle = await isInTheMiddle(connection, plan);
  await recordBeginning(connection, plan, isFromMiddle);
  const { result, ...back } = await inLockAttempt(plan.limits, plan.lockAttempts, (limits) =>
    runUnits<string>(connection, {
      runId: isFromMiddle ? applied.runId : by.runId,
      version,
      phase: 'roll back',
      statements,
      limits,
      exactCounts: false,
      isFromMiddle,
      keepsSinglePoint: false,
      purpose: `version ${version} cannot be rolled back now`,
      door,
      settled: (session) => settled(session, plan, isFromMiddle),
      finish: async (session) => {
        if (door) await removeToolRow(session, door);
        return isFromMiddle ? markUndone(session, applied, by.runId) : markRolledBack(session, version, by.runId);
      },
    }),
  );
  return { statements: back.statements, rolledBackAt: result };
};
