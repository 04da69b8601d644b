import { differenceIn, dryRun } from '#domain/boxes/06-dry-run';
import type { StatementRun } from '#domain/dry-run/measured';
import type { BoxId } from '#lambdas/checklist';
import { check, failed, passed } from '#test/support/declared';
import { answer, document } from '#test/support/documents';
import { answerOf, answersByBox, answersOf, checksFile } from '#test/support/judged';
import { statementRun as statement } from '#test/support/statement-run';
import { catalogOf, index, table } from '../catalog/objects';
import { type DryRun, dryRunFacts } from './dry-run-facts';

const boxOf = (box: BoxId, statements: readonly StatementRun[], differing: Partial<DryRun> = {}) =>
  answerOf(dryRun, box, dryRunFacts(statements, differing));

const declared = [check(3, '23505'), check(9, '23514')];
const testedWith = (results: DryRun['tests']['results'], leftBehind: readonly string[] = []): Partial<DryRun> => ({
  checks: checksFile({ tests: declared }),
  tests: { results, calledFunctions: [], leftBehind },
});

test('a migration that ran on a copy of the data was rehearsed', () => {
  expect(boxOf('6.1', [statement()])).toEqual({
    box: '6.1',
    answer: 'proved',
    reason: "applied on branch rehearsal-run-1, a copy of the target's data",
    facts: { branch: { branchId: 'br-7', name: 'rehearsal-run-1' } },
  });
});

test('units that are committed one by one are told', () => {
  const units = ['1 of 2 (line 3, one transaction)', '2 of 2 (line 5, CREATE INDEX CONCURRENTLY)'];

  expect(boxOf('6.1', [statement()], { units })?.reason).toBe(
    "applied on branch rehearsal-run-1, a copy of the target's data, in 2 units that are committed one by one: 1 of 2 (line 3, one transaction), 2 of 2 (line 5, CREATE INDEX CONCURRENTLY)",
  );
});

test.each([
  ['2 of 2', declared.map(passed)],
  ['1 of 2', declared.map((one, at) => (at === 0 ? passed(one) : failed(one)))],
])('the approver is told how the declared tests went on the branch: %s', (words, results) => {
  expect(boxOf('6.1', [statement()], testedWith(results))?.reason).toBe(
    `applied on branch rehearsal-run-1, a copy of the target's data; ${words} declared tests passed there`,
  );
});

test('a dry run without an error is told with predictions, losses and untouched tables', () => {
  const statements = [statement({ durationMs: 30 }), statement({ line: 5, durationMs: 12 })];

  expect(boxOf('6.2', statements)).toMatchObject({
    box: '6.2',
    answer: 'proved',
    reason:
      "2 statements ran without an error; the review's predictions: 2 confirmed; data: nothing lost; 2 untouched tables have the same checksum as before",
    facts: { durationMs: 42, untouched: { equal: 2, differing: [] } },
  });
  expect(boxOf('6.2', [], { untouched: { equal: 1, differing: [] } })?.reason).toBe(
    "0 statements ran without an error; the review's predictions: nothing; data: nothing lost; 1 untouched table has the same checksum as before",
  );
});

test('on how many rows it was seen is told, and a table that was too large to read', () => {
  const untouched = { equal: 1, rows: 0, differing: [], notCompared: ['public.big'] };

  expect(boxOf('6.2', [statement()], { untouched })?.reason).toMatch(
    /1 untouched table has the same checksum as before \(0 rows\); untouched and too large to compare: public\.big$/,
  );
});

test('a table that changed and that no statement was seen to touch fails the dry run', () => {
  expect(boxOf('6.2', [statement()], { untouched: { equal: 1, differing: ['public.audit'] } })).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(/; rows changed in tables that no statement locked for writing: public\.audit$/),
  });
});

test('a loss of data alone does not fail the dry run: it is told', () => {
  const text = 'table public.old with 5 rows is gone';
  const losses = [{ kind: 'table', name: 'public.old', count: 5, text }] as const;

  expect(boxOf('6.2', [statement()], { dataLoss: { grade: 'lost', losses, notCompared: [] } })).toMatchObject({
    answer: 'proved',
    reason: expect.stringContaining(`; data: ${text}; `),
  });
});

test('whether the schema is what was meant stays open for the approver, who is shown each difference', () => {
  const catalogAfter = catalogOf(table('public.jobs'));

  expect(boxOf('6.3', [statement()], { catalogAfter })).toMatchObject({
    answer: 'open',
    reason: 'the approver compares the 1 catalog difference with what the migration should change',
    facts: { difference: ['+ CREATE TABLE public.jobs ()'] },
  });
  expect(boxOf('6.3', [statement()])).toMatchObject({
    reason: 'the approver compares the 0 catalog differences with what the migration should change',
    facts: { difference: [] },
  });
});

test('the last dry run is the one whose difference counts', () => {
  const shown = (...difference: readonly string[]) =>
    document('06-dry-run', { boxes: [{ ...answer('6.3', 'open'), facts: { difference } }] });
  const approved = document('approve-apply', { boxes: [answer('6.3', 'attested')] });

  expect(differenceIn([shown('+ a'), shown('+ b'), approved])).toEqual(['+ b']);
  expect(differenceIn([approved])).toEqual([]);
});

const testedBoxes = ['10.1', '10.2', '10.3', '10.4', '9.5'];

/** The boxes of declared tests that the dry run answers, with their reasons. */
const testedOn = (differing: Partial<DryRun>) =>
  answersOf(dryRun, dryRunFacts([statement()], differing))
    .filter(({ box }) => testedBoxes.includes(box))
    .map(({ box, answer: given, reason }) => [box, given, reason]);

test('before the apply a box can fail by a test, and cannot be proved', () => {
  const results = [passed(check(3)), failed(check(9), 'no error')];

  expect(testedOn(testedWith(results))).toEqual([
    ['10.2', 'failed', 'on the branch, before the apply: x.checks.sql:9, test 9: no error'],
  ]);
});

test('tests that behave as declared answer nothing before the apply, whatever rule has no test', () => {
  const catalogAfter = catalogOf(index('public.u', 'public.jobs', 'key', { isUnique: true }));

  expect(testedOn({ ...testedWith(declared.map(passed)), catalogAfter })).toEqual([]);
  expect(testedOn({ catalogAfter })).toEqual([]);
});

test('a table that tests leave changed fails on the branch; a sequence alone does not', () => {
  const left = 'table public.jobs: 1 row before, 2 after';
  const results = declared.map(passed);

  expect(testedOn(testedWith(results, [left]))).toEqual([
    ['10.4', 'failed', `on the branch, before the apply: the tests left behind ${left}`],
  ]);
  expect(testedOn(testedWith(results, ['sequence public.s: 1 before, 2 after']))).toEqual([]);
});

test('every box of the dry run is answered once the facts are there, and those of Step 10 by a failure alone', () => {
  expect(answersByBox(answersOf(dryRun, dryRunFacts([statement()])))).toEqual({
    '6.1': 'proved',
    '6.2': 'proved',
    '6.3': 'open',
    '3.4': 'proved',
    '3.5': 'proved',
    '3.6': 'proved',
  });
});
