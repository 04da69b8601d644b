import { faultsInWords } from '#domain/backup/copy-trial';
import { dryRun } from '#domain/boxes/06-dry-run';
import { failuresOf } from '#domain/boxes/declared-tests';
import { findingsOfNotRehearsed } from '#domain/boxes/not-rehearsed';
import { VerificationFailed } from '#domain/errors';
import { doorInWords } from '#domain/ledger/tool-row';
import { collisionsBetween, describeCollision } from '#domain/tables/sequences';
import type { Ports } from '#lambdas/ports/ports';
import { putChecks, readPinnedDoor, readPinnedFiles } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { changedBesideTheBranch, findReach } from '#lambdas/rehearsal/beyond';
import { putSurroundings } from '#lambdas/rehearsal/grade-impact';
import { momentsOf } from '#lambdas/rehearsal/moments';
import type { BranchInput, Rehearsal } from '#statemachine/contract';

export const run = (input: BranchInput, ports: Ports): Promise<Rehearsal> =>
  withStepEvidence(ports, 6, dryRun, input, async (facts, earlier) => {
    const { run: pin, branch } = input;
    const at = { branchId: branch.branchId };
    const { migration, checks } = await readPinnedFiles(ports.store, pin);
    const { statements: planned } = migration.value;
    facts.put('branch', branch);
    facts.putKept('migration', migration);
    putChecks(facts, checks);

    const door = await readPinnedDoor(ports.store, pin);
    if (door) facts.put('door', doorInWords(door));
    const moments = momentsOf(ports, pin.runId, at, door);
    const before = await moments.catalog('before');
    facts.putKept('catalogBefore', before);
    const files = { migration: migration.value, checks: checks?.value ?? null };
    const { reach, notRehearsed } = findReach(branch, files, before.value);
    facts.put('reach', reach);
    if (notRehearsed) {
      facts.put('notRehearsed', notRehearsed);
      facts.find(...findingsOfNotRehearsed(notRehearsed));
      return { catalogBefore: before.reference.artifact, catalogAfter: null };
    }
    await facts.keep('contentsBefore', () => moments.contents('before'));
    const outsideBefore = await facts.keep('outsideBefore', () => moments.outside('before'));
    // Step 13 compares with it.
    await moments.server('before');
    await putSurroundings(facts, ports, pin.runId);
    await facts.observe('searchPath', () => ports.database.readDefaultSearchPath(at));
    await facts.observe('statements', () => ports.database.rehearse(at, 'up', planned, ports.settings, door));
    const after = await moments.catalog('after-up');
    facts.putKept('catalogAfter', after);
    const outsideAfter = await facts.keep('outsideAfter', () => moments.outside('after-up'));
    await facts.keep('contentsAfter', () => moments.contents('after-up'));
    // What cannot be restored now fails the backup of the next migration.
    const restorable = await facts.observe('restorable', () => ports.backups.tryCopy(at, `trial-up-${pin.runId}`, ''));
    // An INSERT would fail on the target as it does here.
    const [collision] = collisionsBetween({ before: outsideBefore, after: outsideAfter }).made;
    if (collision)
      throw new VerificationFailed(`${describeCollision(collision)}; add it to the migration, then start a new run`);
    const tests = await facts.observe('tests', () => ports.database.runChecks(at, checks?.value.tests ?? []));
    facts.put('serverChanged', await changedBesideTheBranch(ports, branch, files, earlier));
    // What fails on the branch must not reach the target.
    const failures = failuresOf(checks?.value ?? null, tests);
    if (failures.length > 0)
      throw new VerificationFailed(
        `declared tests failed on the branch: ${failures.join('; ')}; correct the test or the migration, then start a new run`,
      );
    if (restorable.faults.length > 0)
      throw new VerificationFailed(
        `what the migration leaves cannot be restored: ${faultsInWords(restorable.faults)}. Correct the migration, then start a new run`,
      );
    return { catalogBefore: before.reference.artifact, catalogAfter: after.reference.artifact };
  });
