/** Takes a migration back exactly once: the rollback's statements and the ledger's word of it are one transaction. */
import { MigrationRefused } from '../../domain/errors';
import type { LedgerEntry } from '../../domain/ledger/ledger';
import type { ConnectionSettings, Database, StatementRun } from '../../ports';
import { markRolledBack, readVersion } from './ledger';
import { inMigrationTransaction } from './migration-transaction';
import { ensureOwnSchema, lockLedger } from './own-schema';

type Plan = Parameters<Database['rollBack']>[1];

/** When the version was rolled back last, null while it stands. Errors: MigrationRefused when it was never applied. */
const earlierRollback = (rows: readonly LedgerEntry[], version: string): string | null => {
  const last = rows.at(-1);
  if (!last)
    throw new MigrationRefused(
      `the ledger has no row of version ${version}, so there is nothing to roll back; look at migration_checklist.ledger`,
    );
  return rows.some((row) => row.rolledBackAt === null) ? null : last.rolledBackAt;
};

/** Errors: StatementFailed, LockNotAvailable, MigrationRefused, OutcomeUnknown, DatabaseUnreachable. */
export const rollBack = async (
  connection: ConnectionSettings,
  { statements: sql, version, limits }: Plan,
): Promise<{ readonly statements: readonly StatementRun[]; readonly rolledBackAt: string }> => {
  const { result, statements } = await inMigrationTransaction(
    connection,
    { limits, exactCounts: false },
    async ({ session, run }) => {
      await lockLedger(session, `version ${version} cannot be rolled back now`);
      await ensureOwnSchema(session);
      const earlier = earlierRollback(await readVersion(session, version), version);
      if (earlier) return earlier;
      await run(sql);
      return markRolledBack(session, version);
    },
  );
  return { statements, rolledBackAt: result };
};
