import type { Backup } from '#domain/backup/backup';
import { type BackupFacts, backupDatabase, restoreCommand } from '#domain/boxes/05-backup-database';
import { isRestorePointAlone, withoutDumpInWords } from '#domain/environment/fit';
import { DatabaseUnreachable, PlatformFailed, StoreFailed, VerificationFailed } from '#domain/errors';
import { withoutSecrets } from '#domain/text/without-secrets';
import type { Ports } from '#lambdas/ports/ports';
import { refuseClosedRun } from '#lambdas/record/closing';
import { expireBackups } from '#lambdas/record/expire-backups';
import { backupKey } from '#lambdas/record/keys';
import { type Gathered, withStepEvidence } from '#lambdas/record/with-evidence';
import { readFit } from '#lambdas/rehearsal/fit';
import type { BackupInput, RunPin, StepOutput } from '#statemachine/contract';

/** Seven days: as long as somebody may find out that the migration was wrong. */
const restorePointSeconds = 7 * 24 * 3600;

/** Of a rollback, for which the platform may make none. */
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

/** As often as the workflow of a rollback calls again for each of these; a test compares. What it fails of then is not passing. */
export const callsAgain: Readonly<Record<string, number>> = {
  LockNotAvailable: 5,
  DatabaseUnreachable: 3,
  PlatformFailed: 3,
  StoreFailed: 3,
};

/** A rollback goes on without a restore point, as it does without a branch: the dump may still be good. */
const goesOnWithout = ({ branch, attempt }: BackupInput, { name }: Error): boolean =>
  branch === null || (attempt !== undefined && attempt >= (callsAgain[name] ?? 0));

const makeRestorePoint = async ({ clock, platform }: Ports, input: BackupInput) => {
  const { runId } = input.run;
  const until = new Date(clock.now().getTime() + restorePointSeconds * 1000);
  try {
    const { name, branchId, expiresAt, parentLsn, isRestorable } = await platform.createBranch({
      name: `restore-point-${runId}`,
      expiresAt: until,
      compute: false,
    });
    return { name, branchId, expiresAt, parentLsn, isRestorable };
  } catch (error) {
    if (!(error instanceof Error) || !goesOnWithout(input, error)) throw error;
    return { ...noRestorePoint, expiresAt: until.toISOString(), because: withoutSecrets(error.message) };
  }
};

/** What was saved when it failed. */
type Saved = { backup?: Backup | null; restorePoint?: BackupFacts['restorePoint'] };

const backUp = async (input: BackupInput, ports: Ports, facts: Gathered<BackupFacts>, saved: Saved): Promise<void> => {
  const { runId } = input.run;
  // What runs beside it may have failed and closed the run: nothing is begun any more that nobody would take away.
  const onlyWhileOpen = () => refuseClosedRun(ports.store, runId);
  const fit = await facts.observe('fit', () => readFit(ports));
  const backup = isRestorePointAlone(fit)
    ? null
    : await facts.observe('backup', () => ports.backups.make({ branchId: 'target' }, backupKey(runId)));
  if (backup === null) facts.put('backup', null);
  saved.backup = backup;
  await onlyWhileOpen();
  const restorePoint = await facts.observe('restorePoint', () => makeRestorePoint(ports, input));
  saved.restorePoint = restorePoint;
  if (backup === null) {
    facts.put('restore', null);
    if (!restorePoint.isRestorable)
      throw new VerificationFailed(
        `there is no backup: ${withoutDumpInWords(fit)}, and the server keeps no restore point; raise backups.largestGigabytes`,
      );
    return;
  }
  await onlyWhileOpen();
  if (input.branch === null) {
    const message = 'there is no branch to restore it on; the dump was written, and nobody has read it back';
    facts.put('restore', { comparison: null, message, wasCutOff: true });
    return;
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
};

/** Whatever is left to go back to is still made: none, where that fails as well. */
const saveWhatCanBe = async (input: BackupInput, ports: Ports): Promise<BackupFacts['restorePoint']> =>
  makeRestorePoint(ports, input).catch(({ message }: Error) => {
    const expiresAt = new Date(ports.clock.now().getTime() + restorePointSeconds * 1000).toISOString();
    return { ...noRestorePoint, expiresAt, because: withoutSecrets(message) };
  });

export const run = (input: BackupInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 5, backupDatabase, input, async (facts) => {
    const saved: Saved = {};
    try {
      await backUp(input, ports, facts, saved);
    } catch (error) {
      const { attempt } = input;
      // A run of the checklist stops without a backup.
      if (!(error instanceof Error) || attempt === undefined) throw error;
      const { backup } = saved;
      const dump = backup && { uri: backup.uri, command: restoreCommand(backup) };
      facts.put('notBackedUp', {
        because: withoutSecrets(error.message),
        error: error.name,
        ...(dump && { dump }),
      });
      // Said before it is tried again: the next call may be cut off before it says anything.
      if (attempt < (callsAgain[error.name] ?? 0)) throw error;
      await refuseClosedRun(ports.store, input.run.runId);
      if (!saved.restorePoint) facts.put('restorePoint', await saveWhatCanBe(input, ports));
    }
    return {};
  });
