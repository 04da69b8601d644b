/** Whose work it was that a version is taken back: a rollback takes only its own for done. */
import { MigrationRefused } from '#domain/errors';
import { isRowOf, type KnownRun, type LedgerEntry } from './ledger';
import type { StateRecord } from './states';

export const nothingToRollBack = (version: string) =>
  new MigrationRefused(
    `the ledger has no row of version ${version}, so there is nothing to roll back; look at migration_checklist.ledger`,
  );

/** Errors: MigrationRefused unless the rollback `by` has taken it back. */
export const requireTakenBackBy = (
  { version }: Pick<KnownRun, 'version'>,
  at: string,
  { state, by: recordedBy }: Pick<StateRecord, 'state' | 'by'>,
  by: string,
): void => {
  if (recordedBy === by) return;
  throw new MigrationRefused(
    `version ${version} was taken back on ${at} already, and not by run ${by}: the ledger says "${state}" by ${recordedBy}. This run has changed nothing; look at migration_checklist.version_state`,
  );
};

/**
 * When the rollback `by` took the version back, as `applied` says whose row it is; null while that row stands. Errors: MigrationRefused
 * when the ledger has no such row, or somebody else has taken it back.
 */
export const rolledBackBy = (rows: readonly LedgerEntry[], applied: KnownRun, by: string): string | null => {
  const { version, runId } = applied;
  const ofVersion = rows.filter((row) => row.version === version);
  const row = ofVersion.findLast((one) => isRowOf(one, applied));
  const last = ofVersion.at(-1);
  if (!last) throw nothingToRollBack(version);
  if (!row)
    throw new MigrationRefused(
      `the ledger has version ${version} as ${last.migration} of run ${last.runId} (sha256 ${last.sha256}), and not as run ${runId} applied it, so this rollback is not its way back; ask for the rollback again`,
    );
  if (row.rolledBackAt === null) return null;
  requireTakenBackBy(row, row.rolledBackAt, row.state ?? { state: 'rolled back', by: row.runId }, by);
  return row.rolledBackAt;
};
