/** Rolls a migration back exactly once, also one of which only some units were applied. */
import type { StatementRun } from '#domain/dry-run/measured';
import { MigrationRefused } from '#domain/errors';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { removeToolRow } from '../doors/tool-row';
import { markRolledBack, readVersion, unlessMissing } from '../own-schema/ledger';
import { lockLedgerForSession } from '../own-schema/own-schema';
import { markUndone, readProgress, readUndone, readUnits } from '../own-schema/restart-points';
import { settleBegun } from '../own-schema/settle-begun';
import { inLedger, recordState } from '../own-schema/version-states';
import { type Session, withOwnSession } from '../session/session';
import { inLockAttempt } from './lock-attempt';
import { runUnits } from './run-units';

type Plan = Parameters<Database['rollBack']>[1];

/** When the version was last rolled back; null while it is applied. Errors: MigrationRefused when it was never applied. */
const earlierRollback = (rows: readonly LedgerEntry[], version: string): string | null => {
  const last = rows.at(-1);
  if (!last) throw nothingToRollBack(version);
  return rows.some((row) => row.rolledBackAt === null) ? null : last.rolledBackAt;
};

const nothingToRollBack = (version: string) =>
  new MigrationRefused(
    `the ledger has no row of version ${version}, so there is nothing to roll back; look at migration_checklist.ledger`,
  );

/** Whether only some units of the run are committed. First removes or completes what the last one left half-done. */
const isInTheMiddle = (connection: ConnectionSettings, { version, runId }: Plan): Promise<boolean> =>
  withOwnSession(connection, async (session) => {
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
  inLedger(connection, `version ${plan.version} cannot be rolled back now`, async (session) => {
    const standing = (await readVersion(session, plan.version)).find(({ rolledBackAt }) => rolledBackAt === null);
    const isLeft = isFromMiddle && (await settledInTheMiddle(session, plan)) === null;
    const version = isFromMiddle ? (isLeft ? plan : undefined) : standing;
    if (version) await recordState(session, version, { state: 'being rolled back', reason: '', by: plan.runId });
  });

const settledInTheMiddle = async (session: Session, { version, runId }: Plan): Promise<string | null> => {
  const undone = await readUndone(session, { runId, version });
  if (undone) return undone;
  if ((await readProgress(session)).some((progress) => progress.runId === runId)) return null;
  throw nothingToRollBack(version);
};

/** Errors: StatementFailed, LockNotAvailable, MigrationRefused, OutcomeUnknown, DatabaseUnreachable. */
export const rollBack = async (
  connection: ConnectionSettings,
  plan: Plan,
): Promise<{ readonly statements: readonly StatementRun[]; readonly rolledBackAt: string }> => {
  const { statements, version, runId, door } = plan;
  const isFromMiddle = await isInTheMiddle(connection, plan);
  await recordBeginning(connection, plan, isFromMiddle);
  const { result, ...back } = await inLockAttempt(plan.limits, plan.lockAttempts, (limits) =>
    runUnits<string>(connection, {
      runId,
      version,
      phase: 'roll back',
      statements,
      limits,
      exactCounts: false,
      isFromMiddle,
      keepsSinglePoint: false,
      purpose: `version ${version} cannot be rolled back now`,
      door,
      settled: async (session) =>
        isFromMiddle
          ? settledInTheMiddle(session, plan)
          : earlierRollback(await readVersion(session, version), version),
      finish: async (session) => {
        if (door) await removeToolRow(session, door);
        return isFromMiddle ? markUndone(session, plan) : markRolledBack(session, version, runId);
      },
    }),
  );
  return { statements: back.statements, rolledBackAt: result };
};
