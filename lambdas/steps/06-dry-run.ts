import { judgeDryRun } from '#domain/boxes/06-dry-run';
import { rehearsedTestsInWords } from '#domain/boxes/10-test-constraints';
import { measureImpact } from '#domain/boxes/measure-impact';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { count } from '#domain/count';
import { gradeDryRun } from '#domain/dry-run/grade-dry-run';
import { compareUntouched } from '#domain/dry-run/untouched-tables';
import { unitsInWords } from '#domain/migration/units';
import { predictImpact } from '#domain/review/predict-impact';
import { dataLossBetween } from '#domain/tables/data-loss';
import { contentsDifference } from '#domain/tables/difference';
import { trafficBetween } from '#domain/tables/traffic';
import { requireRehearsed, runDeclaredTests } from '#lambdas/declared-tests';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { keepCatalog, keepContents } from '#lambdas/rehearsal/moments';
import { keptStatistics, readStatistics } from '#lambdas/rehearsal/statistics';
import type { BranchInput, Rehearsal } from '#statemachine/contract';

export const run = (input: BranchInput, ports: Ports): Promise<Rehearsal> =>
  withStepEvidence(ports, 6, input, async (notes) => {
    const { run: pin, branch } = input;
    const at = { branchId: branch.branchId };
    const { migration, checks } = await readPinnedMigration(ports.store, pin);

    const before = await keepCatalog(ports, pin.runId, 'before', at);
    const contentsBefore = await keepContents(ports, pin.runId, 'before', at);
    // The target's: nobody uses the branch.
    const reading = await readStatistics(ports);
    const traffic = trafficBetween(await keptStatistics(ports, pin.runId), reading);
    const statements = await notes.expecting(['6.1', '6.2'], () =>
      ports.database.rehearse(at, 'up', migration.statements, ports.settings),
    );
    const after = await keepCatalog(ports, pin.runId, 'after-up', at);

    const contentsAfter = await keepContents(ports, pin.runId, 'after-up', at);
    const difference = describeDifference(differenceOf(before.catalog, after.catalog));
    const assessed = gradeDryRun(
      statements,
      predictImpact({ migration, catalog: before.catalog, statistics: traffic }),
      { catalog: before.catalog, contents: contentsBefore, traffic },
    );
    notes.fact('statements', statements);
    notes.fact('assessed', assessed);
    const loss = dataLossBetween(contentsBefore, contentsAfter);
    notes.fact('dataLoss', loss);
    const untouched = compareUntouched(statements, contentsBefore, contentsAfter);
    notes.fact('untouched', untouched);
    const catalogs = { before: before.catalog, after: after.catalog };
    const tests = await runDeclaredTests(ports, notes, at, { checks, ...catalogs });
    const more = `${unitsInWords(migration.statements)}${rehearsedTestsInWords(tests.results)}`;
    notes.prove('6.1', `applied on branch ${branch.name}, a copy of the target's data${more}`, { branch });
    notes.take([judgeDryRun({ statements, assessed, loss, untouched })]);
    notes.leaveOpen(
      '6.3',
      `the approver compares the ${count(difference.length, 'catalog difference')} with what was meant`,
      {
        difference,
      },
    );
    notes.take(measureImpact(statements, assessed, traffic, contentsDifference(contentsBefore, contentsAfter)));
    requireRehearsed(notes, tests);
    return { catalogBefore: before.ref, catalogAfter: after.ref };
  });
