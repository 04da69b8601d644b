import { differencesUpAgain, testRollback } from '#domain/boxes/13-test-rollback';
import type { Catalog } from '#domain/catalog/catalog';
import { canRunAgain, gradeWayBack } from '#domain/catalog/way-back';
import { sharesServer } from '#domain/environment/branch-server';
import { VerificationFailed } from '#domain/errors';
import { placeOfWayBack } from '#domain/folders/way-back-place';
import type { Ports } from '#lambdas/ports/ports';
import { readKept } from '#lambdas/record/json';
import { readPinnedDoor, readPinnedFiles } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { changedBesideTheBranch, notRehearsedIn } from '#lambdas/rehearsal/beyond';
import { momentsOf } from '#lambdas/rehearsal/moments';
import { rehearseRestarts } from '#lambdas/rehearsal/restarts';
import type { StepOutput, TestRollbackInput } from '#statemachine/contract';

/**
 * Rolls back and applies again on the branch that the dry run has left: the catalogs must equal those before and after it. A migration of
 * several units is taken back from each restart point too.
 */
export const run = (input: TestRollbackInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 13, testRollback, input, async (facts, earlier) => {
    const { database, settings, store } = ports;
    const { runId } = input.run;
    const at = { branchId: input.branch.branchId };
    const { migration: pinned } = await readPinnedFiles(store, input.run);
    facts.putKept('migration', pinned);
    const { value: migration } = pinned;
    const { catalogBefore, catalogAfter } = input.rehearsal;
    if (catalogAfter === null) {
      facts.put('notRehearsed', notRehearsedIn(earlier));
      return {};
    }
    if (migration.rollback.statements.length === 0) {
      facts.put('noWayBack', placeOfWayBack(migration));
      return {};
    }
    const door = await readPinnedDoor(store, input.run);
    const before = await facts.keep('catalogBefore', () => readKept<Catalog>(store, catalogBefore));
    const afterUp = await facts.keep('catalogAfterUp', () => readKept<Catalog>(store, catalogAfter));

    await facts.observe('statements', () =>
      database.rehearse(at, 'down', migration.rollback.statements, settings, door),
    );
    const moments = momentsOf(ports, runId, at, door);
    const afterDown = await facts.keep('catalogAfterDown', () => moments.catalog('after-down'));
    const contentsBefore = await facts.keep('contentsBefore', () => moments.contents('before'));
    await facts.keep('contentsAfterUp', () => moments.contents('after-up'));
    await facts.keep('contentsAfterDown', () => moments.contents('after-down'));
    const serverBefore = await facts.keep('serverBefore', () => moments.server('before'));
    await facts.keep('serverAfterDown', () => moments.server('after-down'));
    facts.put('isServerShared', sharesServer(input.branch.branchId, serverBefore));
    const outsideBefore = await facts.keep('outsideBefore', () => moments.outside('before'));
    await facts.keep('outsideAfterUp', () => moments.outside('after-up'));
    await facts.keep('outsideAfterDown', () => moments.outside('after-down'));
    const { verdict, differences } = gradeWayBack(before, afterDown);
    if (!canRunAgain(verdict)) facts.put('catalogAfterUpAgain', null);
    if (verdict === 'differs')
      throw new VerificationFailed(`the rollback does not restore the schema: ${differences.slice(0, 5).join('; ')}`);
    if (!canRunAgain(verdict)) return {};

    const afterUpAgain = await facts.keep('catalogAfterUpAgain', async () => {
      await database.rehearse(at, 'up again', migration.statements, settings, door);
      return moments.catalog('after-up-again');
    });
    const [again] = differencesUpAgain(afterUp, afterUpAgain);
    if (again)
      throw new VerificationFailed(
        `the schema differs when the migration is applied again after its rollback: ${again}`,
      );
    const beforeUnits = { catalogBefore: before, contentsBefore, outsideBefore };
    facts.putRead('restartPoints', await rehearseRestarts(ports, { at, moments, migration, before: beforeUnits }));
    const files = { migration, checks: null };
    facts.put('serverChanged', await changedBesideTheBranch(ports, input.branch, files, earlier));
    return {};
  });
