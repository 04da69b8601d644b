/**
 * Step 6: what the branch showed, for whoever approves. It answers boxes 3.4 to 3.6 again, because what was measured replaces what
 * was predicted, and those of Step 10 where a declared test fails before anybody is asked.
 */
import { type CopyTrial, faultsInWords } from '#domain/backup/copy-trial';
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { type DrawnSchema, drawBetween } from '#domain/catalog/lay-out';
import type { ChecksFile } from '#domain/checks/checks';
import { count, counted } from '#domain/count';
import type { ComparedStatement } from '#domain/dry-run/compare-prediction';
import { gradeDryRun, outcomesInWords } from '#domain/dry-run/grade-dry-run';
import type { StatementRun } from '#domain/dry-run/measured';
import { compareUntouched, type UntouchedTables } from '#domain/dry-run/untouched-tables';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Migration } from '#domain/migration/migration';
import { unitsInWords } from '#domain/migration/units';
import type { MigrationReach } from '#domain/review/migration-reach';
import type { SearchPath } from '#domain/review/names/search-path';
import { predictImpact } from '#domain/review/predict-impact';
import type { BranchServer } from '#domain/sql/reach-table';
import type { TableContents } from '#domain/tables/contents';
import { type DataLoss, dataLossBetween, lossInWords } from '#domain/tables/data-loss';
import { type ContentsDifference, contentsDifference } from '#domain/tables/difference';
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
import { collisionsBetween, describeCollision } from '#domain/tables/sequences';
import type { TableStatistics } from '#domain/tables/statistics';
import { judgeDataChanges } from './changed-data';
import { type ChecksOutcome, failuresOf, judgeTests, type TestedBox } from './declared-tests';
import { judgeDowntime, judgeTime } from './measured-impact';
import { type NotRehearsed, onTheBranch } from './not-rehearsed';
import {
  type Artifact,
  type Derivations,
  derivationOf,
  failed,
  type Judge,
  judgeOf,
  open,
  proved,
  type ReadFacts,
  type Room,
} from './room';

export type DryRunFacts = {
  readonly branch: { readonly branchId: string; readonly name: string; readonly server?: BranchServer };
  readonly statements: readonly StatementRun[];
  /** Each unit as `unitInWords` says it; one for an ordinary migration. */
  readonly units: readonly string[];
  /** Each with its grade, held against its prediction. */
  readonly assessed: readonly ComparedStatement[];
  /** What the predictions are made of; documents of version 0.7.0 and before have none of the two. */
  readonly migration?: Artifact<Migration>;
  readonly searchPath?: SearchPath;
  /** The table of another tool, whose row was written on the branch too; missing where there is none. */
  readonly door?: string;
  /** How much the target's tables were used since the review. */
  readonly traffic: readonly TableStatistics[];
  /** How large production's tables are, as it was given at the review; null where it was not. */
  readonly production: Artifact<ProductionStatistics> | null;
  /** How long others may have to wait. */
  readonly limitMs: number;
  readonly dataLoss: DataLoss;
  readonly untouched: UntouchedTables;
  /** What became of the rows that were there before. */
  readonly rows: ContentsDifference;
  readonly catalogBefore: Artifact<Catalog>;
  readonly catalogAfter: Artifact<Catalog>;
  /** The tables of the two, drawn. */
  readonly diagram?: DrawnSchema;
  /** What the tables held; documents of version 0.7.0 and before have only what follows from it. */
  readonly contentsBefore?: Artifact<readonly TableContents[]>;
  readonly contentsAfter?: Artifact<readonly TableContents[]>;
  readonly outsideBefore: Artifact<OutsideTables>;
  readonly outsideAfter: Artifact<OutsideTables>;
  readonly checks: Artifact<ChecksFile> | null;
  readonly tests: ChecksOutcome;
  /** The schema after the migration, dumped and restored empty; missing in documents of version 0.2.0 and before. */
  readonly restorable?: CopyTrial;
  /** What the migration, its rollback and its tests reach beyond the database. */
  readonly reach: readonly MigrationReach[];
  /** Only where nothing was run. */
  readonly notRehearsed?: NotRehearsed;
  /** What of the server, as far as it concerns this run, differs from what Step 4 saw; where the target shares it. */
  readonly serverChanged?: readonly string[];
};

const judge = judgeOf<DryRunFacts>();
const derivation = derivationOf<DryRunFacts>();

const data = ['contentsBefore', 'contentsAfter', 'outsideBefore', 'outsideAfter'] as const;

type Data = Required<Pick<ReadFacts<DryRunFacts>, (typeof data)[number]>>;

const bothMoments = ({ contentsBefore, contentsAfter, outsideBefore, outsideAfter }: Data) =>
  [contentsBefore, contentsAfter, { before: outsideBefore, after: outsideAfter }] as const;

export const derivedOfDryRun: Derivations<DryRunFacts> = {
  units: derivation(['migration'], ({ migration }) => unitsInWords(migration.statements)),
  diagram: derivation(['catalogBefore', 'catalogAfter'], ({ catalogBefore, catalogAfter }) =>
    drawBetween(catalogBefore, catalogAfter),
  ),
  assessed: derivation(
    ['statements', 'migration', 'searchPath', 'catalogBefore', 'contentsBefore', 'traffic', 'limitMs'],
    ({ statements, migration, searchPath, catalogBefore: catalog, contentsBefore: contents, traffic, limitMs }) =>
      gradeDryRun(statements, predictImpact({ migration, catalog, statistics: traffic, searchPath }), {
        catalog,
        contents,
        traffic,
        limitMs,
      }),
  ),
  dataLoss: derivation(data, (facts) => dataLossBetween(...bothMoments(facts))),
  rows: derivation(data, (facts) => contentsDifference(...bothMoments(facts))),
  untouched: derivation(
    ['statements', 'contentsBefore', 'contentsAfter'],
    ({ statements, contentsBefore, contentsAfter }) => compareUntouched(statements, contentsBefore, contentsAfter),
  ),
};

const severalUnitsInWords = (units: readonly string[]) =>
  units.length === 1 ? '' : `, in ${units.length} units that are committed one by one: ${units.join(', ')}`;

const testsInWords = ({ results }: ChecksOutcome) =>
  results.length === 0
    ? ''
    : `; ${results.filter(({ passed }) => passed).length} of ${count(results.length, 'declared test')} passed there`;

/** On how many rows it was seen that nothing else changed; a table that could not be read is named, not counted. */
const untouchedInWords = ({ equal, rows, notCompared = [] }: UntouchedTables) =>
  [
    equal === 0
      ? 'no untouched table was there to compare'
      : `${count(equal, 'untouched table has', 'untouched tables have')} the same checksum as before${rows === undefined ? '' : ` (${counted(rows, 'row')})`}`,
    ...(notCompared.length > 0 ? [`untouched and too large to compare: ${notCompared.join(', ')}`] : []),
  ].join('; ');

/** Only a failure counts before the apply: what proves a box is the run on the target. */
const failedOnBranch = (box: TestedBox): Judge<DryRunFacts> =>
  judge(['checks', 'tests', 'catalogBefore', 'catalogAfter'], ({ checks, tests, catalogBefore, catalogAfter }) => {
    if (failuresOf(checks, tests).length === 0) return null;
    const { answer, reason, facts } = judgeTests(box, { checks, tests, catalogBefore, catalogAfter });
    return answer === 'failed' ? failed(`on the branch, before the apply: ${reason}`, facts) : null;
  });

const tested: readonly TestedBox[] = ['10.1', '10.2', '10.3', '10.4', '9.5'];

type DryRun = Room<6, DryRunFacts, '3.4' | '3.5' | '3.6' | TestedBox>;

export const dryRun = onTheBranch<DryRunFacts, DryRun>(
  {
    // The migration was applied there whatever became of the declared tests.
    '6.1': judge(
      ['statements', 'branch', 'units'],
      ({ branch, units, tests, door }) =>
        proved(
          `applied on branch ${branch.name}, a copy of the target's data${severalUnitsInWords(units)}${tests ? testsInWords(tests) : ''}${door === undefined ? '' : `; the row of ${door} was written with it, and is left out of what is compared`}`,
          { branch },
        ),
      ['tests', 'door'],
    ),
    '6.2': judge(
      ['statements', 'assessed', 'dataLoss', 'untouched'],
      ({ statements, assessed, dataLoss, untouched, outsideBefore, outsideAfter }) => {
        const isUntouched = untouched.differing.length === 0;
        const collisions =
          outsideBefore && outsideAfter ? collisionsBetween({ before: outsideBefore, after: outsideAfter }) : null;
        const reason = [
          ...(collisions?.made ?? []).map(describeCollision),
          `${count(statements.length, 'statement')} ran without an error`,
          `the review's predictions: ${outcomesInWords(assessed) || 'nothing'}`,
          `data: ${lossInWords(dataLoss)}`,
          isUntouched
            ? untouchedInWords(untouched)
            : `rows changed in tables that no statement locked for writing: ${untouched.differing.join(', ')}`,
          ...(collisions?.found ?? []).map(
            (collision) => `not of this migration, the target is so already: ${describeCollision(collision)}`,
          ),
        ].join('; ');
        const facts = {
          durationMs: statements.reduce((sum, { durationMs }) => sum + durationMs, 0),
          untouched,
          dataLoss,
        };
        const isFine = isUntouched && (collisions?.made ?? []).length === 0;
        return isFine ? proved(reason, facts) : failed(reason, facts);
      },
      ['outsideBefore', 'outsideAfter'],
    ),
    '6.3': judge(
      ['catalogBefore', 'catalogAfter'],
      ({ catalogBefore, catalogAfter, restorable }) => {
        const difference = describeDifference(differenceOf(catalogBefore, catalogAfter));
        if (restorable && restorable.faults.length > 0)
          return failed(`what the migration leaves cannot be restored: ${faultsInWords(restorable.faults)}`, {
            difference,
            faults: restorable.faults,
          });
        const restored = restorable ? '; the schema after it was dumped and restored' : '';
        return open(
          `the approver compares the ${count(difference.length, 'catalog difference')} with what the migration should change${restored}`,
          { difference },
        );
      },
      ['restorable'],
    ),
    '3.6': judge(
      ['statements', 'rows'],
      ({ statements, rows, dataLoss, untouched }) =>
        judgeDataChanges(statements, {
          contents: rows,
          dataLoss: untouched?.notCompared === undefined ? null : (dataLoss ?? null),
        }),
      ['dataLoss', 'untouched'],
    ),
    '3.4': judge(['statements'], (facts) => judgeTime(facts), ['assessed', 'production']),
    '3.5': judge(['statements', 'assessed', 'traffic'], (facts) => judgeDowntime(facts), ['production', 'limitMs']),
    '10.1': failedOnBranch('10.1'),
    '10.2': failedOnBranch('10.2'),
    '10.3': failedOnBranch('10.3'),
    '10.4': failedOnBranch('10.4'),
    '9.5': failedOnBranch('9.5'),
  },
  tested,
);

/** What the migration changes in the catalog, as the last dry run showed it to the approver; empty when there was none. */
export const differenceIn = (documents: readonly EvidenceDocument[]): readonly string[] => {
  const answers = documents.flatMap(({ boxes }) => boxes).filter(({ box, facts }) => box === '6.3' && facts);
  return (answers.at(-1)?.facts?.['difference'] ?? []) as readonly string[];
};
