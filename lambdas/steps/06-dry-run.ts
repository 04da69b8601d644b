import { faultsInWords } from '#domain/backup/copy-trial';
import { dryRun } from '#domain/boxes/06-dry-run';
import { failuresOf } from '#domain/boxes/declared-tests';
import { gradeDryRun } from '#domain/dry-run/grade-dry-run';
import { compareUntouched } from '#domain/dry-run/untouched-tables';
import { VerificationFailed } from '#domain/errors';
import { unitsInWords } from '#domain/migration/units';
import { reachInWords } from '#domain/review/migration-reach';
import { predictImpact } from '#domain/review/predict-impact';
import { dataLossBetween } from '#domain/tables/data-loss';
import { contentsDifference } from '#domain/tables/difference';
import { collisionsBetween, describeCollision } from '#domain/tables/sequences';
import { trafficBetween } from '#domain/tables/traffic';
import type { Ports } from '#lambdas/ports/ports';
import { putChecks, readPinnedFiles } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { changedBesideTheBranch, findReach } from '#lambdas/rehearsal/beyond';
import { keepCatalog, keepContents, keepOutside, keepServerState } from '#lambdas/rehearsal/moments';
import { keptProduction, keptStatistics, readStatistics } from '#lambdas/rehearsal/statistics';
import type { BranchInput, Rehearsal } from '#statemachine/contract';

export const run = (input: BranchInput, ports: Ports): Promise<Rehearsal> =>
  withStepEvidence(ports, 6, dryRun, input, async (facts) => {
    const { run: pin, branch } = input;
    const at = { branchId: branch.branchId };
    const { migration, checks } = await readPinnedFiles(ports.store, pin);
    const { statements: planned } = migration.value;
    facts.put('branch', branch);
    facts.put('units', unitsInWords(planned));
    putChecks(facts, checks);

    const before = await keepCatalog(ports, pin.runId, 'before', at);
    facts.putKept('catalogBefore', before);
    const files = { migration: migration.value, checks: checks?.value ?? null };
    const { reach, notRehearsed } = findReach(branch, files, before.value);
    facts.put('reach', reach);
    if (notRehearsed) {
      facts.put('notRehearsed', notRehearsed);
      facts.find(
        ...notRehearsed.reach.map((one) => ({ rule: 'not-rehearsed', line: one.line, message: reachInWords(one) })),
      );
      return { catalogBefore: before.reference.artifact, catalogAfter: null };
    }
    const contentsBefore = await keepContents(ports, pin.runId, 'before', at);
    const outsideBefore = await facts.keep('outsideBefore', () => keepOutside(ports, pin.runId, 'before', at));
    // Step 13 compares with it.
    await keepServerState(ports, pin.runId, 'before', at);
    // The target's: nobody uses the branch.
    const traffic = trafficBetween(await keptStatistics(ports, pin.runId), await readStatistics(ports));
    facts.put('traffic', traffic);
    const production = await keptProduction(ports, pin.runId);
    if (production) facts.putKept('production', production);
    else facts.put('production', null);
    const limitMs = ports.settings.longestBlockingMs;
    facts.put('limitMs', limitMs);
    const statements = await facts.observe('statements', () =>
      ports.database.rehearse(at, 'up', planned, ports.settings),
    );
    const after = await keepCatalog(ports, pin.runId, 'after-up', at);
    facts.putKept('catalogAfter', after);
    const contentsAfter = await keepContents(ports, pin.runId, 'after-up', at);
    const outsideAfter = await facts.keep('outsideAfter', () => keepOutside(ports, pin.runId, 'after-up', at));
    const outside = { before: outsideBefore, after: outsideAfter };

    const known = { catalog: before.value, contents: contentsBefore, traffic, limitMs };
    const searchPath = await ports.database.readDefaultSearchPath(at);
    const subject = { migration: migration.value, catalog: before.value, statistics: traffic, searchPath };
    const predictions = predictImpact(subject);
    facts.put('assessed', gradeDryRun(statements, predictions, known));
    facts.put('dataLoss', dataLossBetween(contentsBefore, contentsAfter, outside));
    facts.put('untouched', compareUntouched(statements, contentsBefore, contentsAfter));
    facts.put('rows', contentsDifference(contentsBefore, contentsAfter, outside));
    // What cannot be restored now fails the backup of the next migration.
    const restorable = await facts.observe('restorable', () => ports.backups.tryCopy(at, `trial-up-${pin.runId}`, ''));
    // An INSERT would fail on the target as it does here.
    const [collision] = collisionsBetween(outside).made;
    if (collision)
      throw new VerificationFailed(`${describeCollision(collision)}; add it to the migration, then start a new run`);
    const tests = await facts.observe('tests', () => ports.database.runChecks(at, checks?.value.tests ?? []));
    facts.put(
      'serverChanged',
      await changedBesideTheBranch(ports, branch, files, { runId: pin.runId, state: '06-dry-run' }),
    );
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
