import { type BackupFacts, backupDatabase, type NotBackedUp } from '#domain/boxes/05-backup-database';
import { isRestorePointAlone, withoutDumpInWords } from '#domain/environment/fit';
import { DatabaseUnreachable, LockNotAvailable, PlatformFailed, StoreFailed, VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { refuseClosedRun } from '#lambdas/record/closing';
import { expireBackups } from '#lambdas/record/expire-backups';
import { backupKey } from '#lambdas/record/keys';
import { type Gathered, withStepEvidence } from '#lambdas/record/with-evidence';
import { readFit } from '#lambdas/rehearsal/fit';
import type { BackupInput, RunPin, StepOutput } from '#statemachine/contract';

/** Seven days: as long as somebody may find out that the migration was wrong. */
const restorePointSeconds = 7 * 24 * 3600;

/** Of a rollback that goes on without a branch: the platform may make no restore point either. */
const noRestorePoint = { name: 'none', branchId: 'none', parentLsn: null, isRestorable: false } as const;

/** Now that a newer one is known to be good. What cannot be taken away keeps no migration from its way. */
const expireEarlier = async (facts: Gathered<BackupFacts>, ports: Ports, run: RunPin): Promise<void> => {
  const { backupKeepDays: keepDays } = ports.settings;
  if (keepDays === null) return;
  facts.put('keepDays', keepDays);
  try {
    facts.put('expired', await expireBackups(ports, run, keepDays));
  } catch (error) {
    if (!(error instanceof StoreFailed)) throw error;
    const message = `earlier backups could not be taken away, and the next run tries again: ${error.message}`;
    facts.find({ rule: 'backups-not-expired', message, line: null });
  }
};

/** As often as the workflow of a rollback calls again for it; a test compares. */
export const callsAgainForLocks = 5;

/** Errors: LockNotAvailable in a run of the checklist, and of a rollback as long as its workflow calls again. */
const orWithout =
  ({ attempt }: BackupInput) =>
  (error: Error): NotBackedUp => {
    if (!(error instanceof LockNotAvailable) || attempt === undefined || attempt < callsAgainForLocks) throw error;
    return { because: error.message };
  };

export const run = (input: BackupInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 5, backupDatabase, input, async (facts) => {
    const { runId } = input.run;
    // What runs beside it may have failed and closed the run: nothing is begun any more that nobody would take away.
    const onlyWhileOpen = () => refuseClosedRun(ports.store, runId);
    const fit = await facts.observe('fit', () => readFit(ports));
    const isAlone = isRestorePointAlone(fit);
    const made = isAlone
      ? null
      : await facts
          .observe('backup', () => ports.backups.make({ branchId: 'target' }, backupKey(runId)))
          .catch(orWithout(input));
    if (isAlone) facts.put('backup', null);
    await onlyWhileOpen();
    const restorePoint = await facts.observe('restorePoint', async () => {
      const until = new Date(ports.clock.now().getTime() + restorePointSeconds * 1000);
      const { name, branchId, expiresAt, parentLsn, isRestorable } = await ports.platform
        .createBranch({ name: `restore-point-${runId}`, expiresAt: until, compute: false })
        .catch((error: Error) => {
          if (input.branch === null && error instanceof PlatformFailed)
            return { ...noRestorePoint, expiresAt: until.toISOString() };
          throw error;
        });
      return { name, branchId, expiresAt, parentLsn, isRestorable };
    });
    if (made && 'because' in made) {
      facts.put('notBackedUp', made);
      return {};
    }
    const backup = made;
    if (backup === null) {
      facts.put('restore', null);
      if (!restorePoint.isRestorable)
        throw new VerificationFailed(
          `there is no backup: ${withoutDumpInWords(fit)}, and the server keeps no restore point; raise backups.largestGigabytes`,
        );
      return {};
    }
    await onlyWhileOpen();
    if (input.branch === null) {
      const message = 'there is no branch to restore it on; the dump was written, and nobody has read it back';
      facts.put('restore', { comparison: null, message, wasCutOff: true });
      return {};
    }
    const comparison = await ports.backups
      .verify({ branchId: input.branch.branchId }, backup, `restore-${runId}`)
      .catch((error: Error) => {
        // A run that ends beside this step takes the branch away under it, which says nothing of the backup.
        const wasCutOff = error instanceof DatabaseUnreachable || error instanceof PlatformFailed;
        facts.put('restore', { comparison: null, message: error.message, wasCutOff });
        throw error;
      });
    facts.put('restore', { comparison });
    if (!comparison.isEqual)
      throw new VerificationFailed(
        `the restored backup differs from the target: ${comparison.differences[0]}; do not apply the migration before a backup restores correctly`,
      );
    await expireEarlier(facts, ports, input.run);
    return {};
  });
