import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { judgeRestarts, type RestartJudgement } from '#domain/catalog/judge-restarts';
import { isRunAgain, judgeRollback } from '#domain/catalog/judge-rollback';
import { count } from '#domain/count';
import { VerificationFailed } from '#domain/errors';
import { splitIntoUnits } from '#domain/migration/units';
import { dataLossBetween, lossInWords } from '#domain/tables/data-loss';
import { contentsDifference } from '#domain/tables/difference';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced } from '#lambdas/record/json';
import type { RehearsalMoment } from '#lambdas/record/keys';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { keepCatalog, keepContents } from '#lambdas/rehearsal/moments';
import { rehearseRestarts } from '#lambdas/rehearsal/restarts';
import type { StepOutput, TestRollbackInput } from '#statemachine/contract';

/**
 * Down and up again on the branch that the dry run has left: the catalogs must be those of before and after. A migration of
 * several units is taken back from each restart point too.
 */
export const run = (input: TestRollbackInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 13, input, async (notes) => {
    const { database, settings, store } = ports;
    const at = { branchId: input.branch.branchId };
    const { migration } = await readPinnedMigration(store, input.run);
    const before = await readReferenced<Catalog>(store, input.rehearsal.catalogBefore);
    const after = await readReferenced<Catalog>(store, input.rehearsal.catalogAfter);

    const down = await notes.expecting(['13.1'], () =>
      database.rehearse(at, 'down', migration.rollback.statements, settings),
    );
    const reverted = await keepCatalog(ports, input.run.runId, 'after-down', at);
    const contentsOf = (moment: RehearsalMoment) => keepContents(ports, input.run.runId, moment, at);
    const contentsAfter = await contentsOf('after-down');
    const rows = contentsDifference(await contentsOf('before'), contentsAfter);
    const loss = dataLossBetween(await contentsOf('after-up'), contentsAfter);
    notes.fact('dataLoss', loss);
    notes.prove(
      '13.1',
      `${count(down.length, 'statement')} of the rollback ran on the branch without an error; data: ${lossInWords(loss)}`,
      { statements: down },
    );
    const judgement = judgeRollback(differenceOf(before, reverted.catalog), rows);
    notes.fact('verdict', judgement.verdict);
    const units = splitIntoUnits(migration.statements).length;
    const takeBoxes = (restarts: readonly RestartJudgement[]) =>
      notes.take(judgement.boxes.map((box) => (box.box === '13.2' ? judgeRestarts(box, restarts, units) : box)));
    takeBoxes([]);
    if (judgement.verdict === 'differs')
      throw new VerificationFailed(
        `the rollback does not restore the schema: ${judgement.differences.slice(0, 5).join('; ')}`,
      );

    if (!isRunAgain(judgement.verdict)) return {};
    await notes.expecting(['13.3'], () => database.rehearse(at, 'up again', migration.statements, settings));
    const appliedAgain = await keepCatalog(ports, input.run.runId, 'after-up-again', at);
    const again = describeDifference(differenceOf(after, appliedAgain.catalog));
    if (again.length > 0) {
      notes.fail('13.3', `applied once more, the schema is another one: ${again.join('; ')}`);
      throw new VerificationFailed(`after down and up the schema is not the one of the first up: ${again[0]}`);
    }
    notes.fact('upAgain', 'equal');
    takeBoxes(await rehearseRestarts(ports, { runId: input.run.runId, at, migration, before }));
    return {};
  });
