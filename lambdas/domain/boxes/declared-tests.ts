/** What the declared tests showed, against what the migration made: judged on the branch by Step 6, on the target by Step 10. */
import type { Catalog } from '#domain/catalog/catalog';
import { madeRules } from '#domain/catalog/made-rules';
import { count, counted } from '#domain/count';
import type { BoxAnswer } from '#domain/evidence/document';
import { pairedJudges, type Untested } from './paired-tests';
import { failed, type Judgement, notApplicable, open, proved } from './room';
import {
  type ChecksOutcome,
  type DeclaredTests,
  failureInWords,
  nothingDeclared,
  type RuleBox,
  type Seen,
  testsNotRun,
} from './seen-tests';
import { olderJudges } from './tests-of-older-runs';

export type { ChecksOutcome } from './seen-tests';

/** The boxes that declared tests answer. */
export type TestedBox = RuleBox | '10.4';

const judgeCleanUp = (seen: Seen): Judgement => {
  const { results, leftBehind, compared } = seen.outcome;
  const facts = { tests: results.length, leftBehind, ...compared };
  if (leftBehind.length > 0) return failed(`the tests left behind ${leftBehind.join(', ')}`, facts);
  const notRun = testsNotRun(null, seen);
  if (notRun.length > 0)
    return open(`declared tests have no result: ${notRun.map(({ name }) => name).join('; ')}`, facts);
  if (results.length === 0) return notApplicable('no test was declared, so no test data was made');
  const rolledBack = `${count(results.length, 'test')} ran in one transaction that was rolled back`;
  if (!compared)
    return proved(
      'all tests ran in one transaction that was rolled back; row counts and sequences did not change',
      facts,
    );
  const tables = compared.tables.filter(({ rowsAfter }) => rowsAfter !== null);
  const rows = tables.reduce((sum, { rowsAfter }) => sum + (rowsAfter ?? 0), 0);
  const uncounted = compared.tables.length - tables.length;
  return proved(
    [
      rolledBack,
      tables.length === 0
        ? 'they wrote to no table that was there before'
        : `${count(tables.length, 'table that they wrote to has', 'tables that they wrote to have')} as many rows as before (${counted(rows, 'row')})`,
      ...(uncounted > 0 ? [`${count(uncounted, 'table')} too large to count: its transaction was aborted`] : []),
      `the values of ${count(compared.sequences, 'sequence')} were compared`,
    ].join('; '),
    facts,
  );
};

/** What a step knows of the tests: the checks file, null where there is none; what they gave; and what the migration made. */
type TestFacts = {
  readonly checks: DeclaredTests | null;
  readonly tests: ChecksOutcome;
  readonly catalogBefore: Catalog;
  readonly catalogAfter: Catalog;
};

export const judgeTests = (box: TestedBox, { checks, tests, catalogBefore, catalogAfter }: TestFacts): Judgement => {
  const seen: Seen = {
    made: madeRules({ before: catalogBefore, after: catalogAfter }),
    declared: checks ?? nothingDeclared,
    outcome: tests,
    catalogAfter,
  };
  if (box === '10.4') return judgeCleanUp(seen);
  return (tests.compared ? pairedJudges : olderJudges)[box](seen);
};

/** Tests to paste for the rules that no test has broken, as the last document with such an answer has them. */
export const testsToAdd = (answers: readonly BoxAnswer[]): readonly string[] =>
  answers.flatMap(({ facts }) => {
    const untested = facts?.['untested'];
    return Array.isArray(untested) ? (untested as readonly Untested[]).map(({ test }) => test).filter(Boolean) : [];
  });

/** What must not come to the target, or stay in it, without a person's word: one sentence each. */
export const failuresOf = (checks: DeclaredTests | null, { results, leftBehind }: ChecksOutcome): readonly string[] => [
  ...results.filter(({ passed }) => !passed).map(failureInWords(checks ?? nothingDeclared)),
  // A sequence that moved on leaves a gap in numbers and nothing else; the box says it, no rollback is worth it.
  ...leftBehind.filter((what) => !what.startsWith('sequence ')).map((what) => `the tests left behind ${what}`),
];
