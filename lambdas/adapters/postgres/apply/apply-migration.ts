/** Applies a migration exactly once: its last unit and its ledger row are one transaction, and most have only that unit. */
import { MigrationRefused } from '#domain/errors';
import { isRowOf, type LedgerEntry } from '#domain/ledger/ledger';
import type { ApplyOutcome, Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { refuseIfApplied, writeToolRow } from '../doors/tool-row';
import { requireOwnLease } from '../own-schema/lease';
import { insertEntry, readVersion } from '../own-schema/ledger';
import { refuseBesideOther } from '../own-schema/restart-points';
import { inLockAttempt } from './lock-attempt';
import { runUnits } from './run-units';

type Plan = Parameters<Database['applyMigration']>[1];

/** Reads this run's row; null when the version is free. Errors: MigrationRefused. */
const earlierEntry = (rows: readonly LedgerEntry[], run: Plan['entry']): LedgerEntry | null => {
  const { version, runId } = run;
  const own = rows.find((row) => isRowOf(row, run));
  if (own?.rolledBackAt)
    throw new MigrationRefused(
      `run ${runId} applied version ${version} on ${own.appliedAt} and it was rolled back on ${own.rolledBackAt}; a run applies once, start a new one`,
    );
  const other = rows.find((row) => row !== own && row.rolledBackAt === null);
  if (other)
    throw new MigrationRefused(
      `version ${version} was applied as ${other.migration} by run ${other.runId} on ${other.appliedAt}; give the migration the next free version`,
    );
  return own ?? null;
};

/**
 * Reads the ledger first, under its lock: a retry after a lost answer finds its own row, and when two runs race for a version,
 * the second finds the row of the first. A version that was rolled back is free again.
 * Errors: StatementFailed, LockNotAvailable, MigrationRefused, OutcomeUnknown, DatabaseUnreachable.
 */
export const applyMigration = async (
  connection: ConnectionSettings,
  { entry, statements, limits: given, lockAttempts, door }: Plan,
): Promise<ApplyOutcome> => {
  const applied = await inLockAttempt(given, lockAttempts, (limits) =>
    runUnits<LedgerEntry>(connection, {
      runId: entry.runId,
      version: entry.version,
      phase: 'apply',
      statements,
      limits,
      exactCounts: false,
      isFromMiddle: false,
      keepsSinglePoint: false,
      purpose: `version ${entry.version} cannot be applied now`,
      door,
      settled: async (session) => {
        const earlier = earlierEntry(await readVersion(session, entry.version), entry);
        if (earlier) return earlier;
        await requireOwnLease(session, entry, `version ${entry.version} was not applied`);
        await refuseBesideOther(session, entry.runId);
        if (door) await refuseIfApplied(session, door);
        return null;
      },
      finish: async (session, durationMs) => {
        const toolRow = door ? await writeToolRow(session, door, durationMs) : null;
        return insertEntry(session, { ...entry, durationMs, toolRow });
      },
    }),
  );
  return { entry: applied.result, statements: applied.statements, wasAppliedBefore: applied.wasFinishedBefore };
};
