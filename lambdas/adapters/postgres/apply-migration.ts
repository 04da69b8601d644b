/** Applies a migration exactly once: its statements and its ledger row are one transaction. */
import { MigrationRefused } from '../../domain/errors';
import type { LedgerEntry } from '../../domain/ledger/ledger';
import type { ApplyOutcome, ConnectionSettings, Database } from '../../ports';
import { insertEntry, readVersion } from './ledger';
import { inMigrationTransaction } from './migration-transaction';
import { ensureOwnSchema, lockLedger } from './own-schema';

type Plan = Parameters<Database['applyMigration']>[1];

/** This run's row, null when the version is free. Errors: MigrationRefused. */
const earlierEntry = (rows: readonly LedgerEntry[], { version, runId }: Plan['entry']): LedgerEntry | null => {
  const own = rows.find((row) => row.runId === runId);
  if (own?.rolledBackAt)
    throw new MigrationRefused(
      `run ${runId} applied version ${version} on ${own.appliedAt} and it was rolled back on ${own.rolledBackAt}; a run applies once, start a new one`,
    );
  const other = rows.find((row) => row.runId !== runId && row.rolledBackAt === null);
  if (other)
    throw new MigrationRefused(
      `version ${version} was applied as ${other.migration} by run ${other.runId} on ${other.appliedAt}; give the migration the next free version`,
    );
  return own ?? null;
};

/**
 * The ledger is looked at first, under its lock: a retry after a lost answer finds its own row, and of two runs that race
 * for a version the second finds the first one's. A version that was rolled back is free again.
 * Errors: StatementFailed, LockNotAvailable, MigrationRefused, OutcomeUnknown, DatabaseUnreachable.
 */
export const applyMigration = async (connection: ConnectionSettings, plan: Plan): Promise<ApplyOutcome> => {
  const { entry, limits } = plan;
  const { result, statements } = await inMigrationTransaction(
    connection,
    { limits, exactCounts: false },
    async ({ session, run }) => {
      await lockLedger(session, `version ${entry.version} cannot be applied now`);
      await ensureOwnSchema(session);
      const earlier = earlierEntry(await readVersion(session, entry.version), entry);
      if (earlier) return { entry: earlier, wasAppliedBefore: true };
      const { durationMs } = await run(plan.statements);
      return { entry: await insertEntry(session, { ...entry, durationMs }), wasAppliedBefore: false };
    },
  );
  return { ...result, statements };
};
