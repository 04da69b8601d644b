import { count } from '#domain/count';
import { DatabaseUnreachable, PlatformFailed, VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { backupKey } from '#lambdas/record/keys';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { BranchInput, StepOutput } from '#statemachine/contract';

/** Seven days: as long as somebody may find out that the migration was wrong. */
const restorePointSeconds = 7 * 24 * 3600;

export const run = (input: BranchInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 5, input, async (notes) => {
    const { runId } = input.run;
    const backup = await notes.expecting(['5.1'], () => ports.backups.make({ branchId: 'target' }, backupKey(runId)));
    const restorePoint = await notes.expecting(['5.1'], () =>
      ports.platform.createBranch({
        name: `restore-point-${runId}`,
        expiresAt: new Date(ports.clock.now().getTime() + restorePointSeconds * 1000),
        compute: false,
      }),
    );
    const rows = backup.tables.reduce((sum, table) => sum + table.rows, 0);
    const wayBack = restorePoint.isRestorable
      ? `restore point ${restorePoint.name}`
      : `log position ${restorePoint.parentLsn}; the server keeps no restore point, so the dump is the only way back`;
    notes.prove('5.1', `dump of ${count(backup.tables.length, 'table')} with ${count(rows, 'row')}, and ${wayBack}`, {
      restorePoint,
      tables: backup.tables,
      durationMs: backup.durationMs,
    });
    notes.prove('5.3', `${backup.uri}, ${count(backup.sizeBytes, 'byte')}, sha256 ${backup.sha256}`, {
      uri: backup.uri,
      versionId: backup.versionId,
      sha256: backup.sha256,
      sizeBytes: backup.sizeBytes,
      tools: backup.tools,
    });
    const comparison = await ports.backups
      .verify({ branchId: input.branch.branchId }, backup, 'migration_checklist_restore')
      .catch((error: Error) => {
        // A run that ends beside this step takes the branch away under it, which says nothing of the backup.
        const answer = error instanceof DatabaseUnreachable || error instanceof PlatformFailed ? 'open' : 'failed';
        notes.answer('5.2', answer, `not restored to the end: ${error.message}`);
        throw error;
      });
    if (!comparison.isEqual) {
      notes.fail('5.2', `restored and different: ${comparison.differences.join('; ')}`, { comparison });
      throw new VerificationFailed(
        `the backup does not restore to what was backed up: ${comparison.differences[0]}; do not apply before it does`,
      );
    }
    notes.prove(
      '5.2',
      `restored into a scratch database and compared: ${count(comparison.tablesCompared, 'table')}, ${count(comparison.rowsCompared, 'row')}, catalog and sequences equal`,
      { comparison },
    );
    return {};
  });
