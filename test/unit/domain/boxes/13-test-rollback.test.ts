import { revertedIn, testRollback } from '#domain/boxes/13-test-rollback';
import { leadsBack, type RestartVerdict } from '#domain/boxes/restart-points';
import type { Catalog } from '#domain/catalog/catalog';
import type { DataLoss } from '#domain/tables/data-loss';
import type { ContentsDifference } from '#domain/tables/difference';
import { answer, document } from '#test/support/documents';
import { answerOf, answersOf } from '#test/support/judged';
import { statementRun } from '#test/support/statement-run';
import { catalogOf, column, object, table } from '../catalog/objects';

const sameRows: ContentsDifference = { changed: [], notCompared: [] };
const up = catalogOf(table('public.up'));

/** Of one unit; up again gave what the first up did, where it was run. */
const factsOf = (before: Catalog, afterDown: Catalog) => ({
  catalogBefore: before,
  catalogAfterDown: afterDown,
  catalogAfterUp: up,
  catalogAfterUpAgain: up,
  rows: sameRows,
  units: 1,
});

const judge = (before: Catalog, afterDown: Catalog, upAgain: Catalog | null = up) =>
  answersOf(testRollback, { ...factsOf(before, afterDown), catalogAfterUpAgain: upAgain });

const reverted = (before: Catalog, afterDown: Catalog, rows = sameRows) =>
  answerOf(testRollback, '13.2', { ...factsOf(before, afterDown), rows });

const isExact = 'the catalog after the rollback equals the catalog before the migration, exactly';
const noOrphan = 'the rollback left no object behind, and the migration was applied again after it';
const notRunAgain =
  'the rollback left no object behind, but it did not restore the schema, so the migration was not applied again';

const mood = (labels: string) => object('type', 'public.mood', { form: 'enum', labels });
const sequence = (name: string) => object('sequence', `public.${name}`, { type: 'integer', ownedBy: 'public.jobs.n' });
const serial = (name: string) => [
  column('public.jobs.n', 1, { default: `nextval('public.${name}'::regclass)` }),
  sequence(name),
];

test('a rollback that ran is told with its statements, and what it takes away', () => {
  const statements = [statementRun(), statementRun({ line: 5 })];
  const text = 'table public.jobs with 5 rows is gone';
  const losses = [{ kind: 'table', name: 'public.jobs', count: 5, text }] as const;
  const ran = (dataLoss: DataLoss) => answersOf(testRollback, { statements, dataLoss });

  expect(ran({ grade: 'nothing lost', losses: [], notCompared: [] })).toEqual([
    {
      box: '13.1',
      answer: 'proved',
      reason: '2 statements of the rollback ran on the branch without an error; data: nothing lost',
      facts: { statements },
    },
  ]);
  expect(ran({ grade: 'lost', losses, notCompared: [] })[0]).toMatchObject({
    answer: 'proved',
    reason: `2 statements of the rollback ran on the branch without an error; data: ${text}`,
  });
});

test('a catalog that is the one of before, exactly, proves the rollback', () => {
  const before = catalogOf(table('public.jobs'));

  expect(judge(before, before)).toEqual([
    {
      box: '13.2',
      answer: 'proved',
      reason: `${isExact}; the rows of all tables are the same as before`,
      facts: { verdict: 'exact', differences: [], restoringSql: [], rows: sameRows },
    },
    {
      box: '13.3',
      answer: 'proved',
      reason: noOrphan,
      facts: { verdict: 'exact', orphans: [], differencesUpAgain: [] },
    },
  ]);
});

test('a harmless difference is proved and told', () => {
  const judged = reverted(
    catalogOf(column('public.a.x', 1), column('public.a.y', 2)),
    catalogOf(column('public.a.x', 2), column('public.a.y', 1)),
  );

  expect(judged).toMatchObject({
    answer: 'proved',
    reason: expect.stringMatching(/^harmless: .*public\.a.*; the rows of all tables are the same as before$/),
    facts: { verdict: 'harmless' },
  });
});

test('a sequence under another name is no orphan', () => {
  const [changed, orphans] = judge(catalogOf(...serial('jobs_n_seq')), catalogOf(...serial('jobs_n_seq1')));

  expect(changed).toMatchObject({ box: '13.2', answer: 'proved' });
  expect(orphans).toMatchObject({ box: '13.3', answer: 'proved', reason: noOrphan });
});

test('what PostgreSQL cannot undo is not reverted; up again is not run, so the box of the orphans is open', () => {
  const [changed, orphans] = judge(catalogOf(mood(`'sad'`)), catalogOf(mood(`'sad', 'ok'`)), null);

  expect(changed).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(/^irreversible by design: /),
    facts: { verdict: 'irreversible by design' },
  });
  expect(orphans).toMatchObject({ box: '13.3', answer: 'open', reason: notRunAgain });
});

test('a renamed sequence is no orphan beside what cannot be undone either', () => {
  const judged = judge(
    catalogOf(...serial('jobs_n_seq'), mood(`'sad'`)),
    catalogOf(...serial('jobs_n_seq1'), mood(`'sad', 'ok'`)),
    null,
  );

  expect(judged[1]).toEqual({ box: '13.3', answer: 'open', reason: notRunAgain });
});

test('an object that is left behind is an orphan by name', () => {
  const [changed, orphans] = judge(catalogOf(), catalogOf(table('public.jobs')), null);

  expect(changed).toMatchObject({
    answer: 'failed',
    facts: { verdict: 'differs', differences: ['+ CREATE TABLE public.jobs ()'] },
  });
  expect(orphans).toEqual({
    box: '13.3',
    answer: 'failed',
    reason: 'the rollback left behind table public.jobs',
  });
});

test('a rollback that only loses something leaves no orphan; up again was not run, so the box is open', () => {
  const judged = judge(catalogOf(table('public.jobs')), catalogOf(), null);

  expect(judged[0]?.answer).toBe('failed');
  expect(judged[1]).toEqual({ box: '13.3', answer: 'open', reason: notRunAgain });
});

test('up again was wanted and not run: the box is open', () => {
  expect(judge(catalogOf(), catalogOf(), null)[1]?.answer).toBe('open');
});

test('a second up that makes another schema fails the box', () => {
  const judged = judge(catalogOf(), catalogOf(), catalogOf(table('public.up'), table('public.more')));

  expect(judged[0]?.answer).toBe('proved');
  expect(judged[1]).toMatchObject({
    answer: 'failed',
    reason: 'the schema differs when the migration is applied again: + CREATE TABLE public.more ()',
  });
});

test('a rollback that lacks a statement is told with it', () => {
  expect(reverted(catalogOf(), catalogOf(table('public.jobs')))).toMatchObject({
    reason: 'differs: + CREATE TABLE public.jobs (); the rollback lacks: DROP TABLE public.jobs',
    facts: { restoringSql: ['DROP TABLE public.jobs'] },
  });
});

test.each<[string, ContentsDifference, string, string]>([
  [
    'rows that are not as before fail it',
    { changed: ['public.a: 5 rows became 0'], notCompared: ['public.big'] },
    'failed',
    `${isExact}; but rows changed: public.a: 5 rows became 0`,
  ],
  [
    'rows that could not be compared leave it open',
    { changed: [], notCompared: ['public.big', 'public.huge'] },
    'open',
    `${isExact}; these tables are too large to compare: public.big, public.huge`,
  ],
  ['rows that are as before are told', sameRows, 'proved', `${isExact}; the rows of all tables are the same as before`],
])('of a schema that was put back: %s', (_, rows, given, reason) => {
  expect(reverted(catalogOf(), catalogOf(), rows)).toMatchObject({ answer: given, reason, facts: { rows } });
});

const restart = (differing: Partial<RestartVerdict> = {}): RestartVerdict => ({
  unit: 1,
  verdict: 'exact',
  told: [],
  rows: { changed: [], notCompared: [] },
  ...differing,
});

const exactly = `${isExact}; the rows of all tables are the same as before`;
const ofUnits = (units: number, restarts?: readonly RestartVerdict[], before = catalogOf(), after = catalogOf()) =>
  answerOf(testRollback, '13.2', { ...factsOf(before, after), units, ...(restarts && { restarts }) });

test('of an ordinary migration nothing is said of restart points', () => {
  expect(ofUnits(1, [])).toEqual(ofUnits(1));
  expect(ofUnits(1)?.reason).toBe(exactly);
  expect(ofUnits(1)?.facts).not.toHaveProperty('fromRestartPoints');
});

test('a way back from each restart point is a proof more', () => {
  const restarts = [restart(), restart({ unit: 2, verdict: 'harmless', told: ['column order'] })];

  expect(ofUnits(3, restarts)).toMatchObject({
    answer: 'proved',
    reason: `${exactly}; the same holds from every restart point (2)`,
    facts: { verdict: 'exact', fromRestartPoints: restarts },
  });
});

test.each<[Partial<RestartVerdict>, string]>([
  [
    { verdict: 'fails', told: ['statement 1 (line 9): in use'], rows: null },
    'the rollback fails: statement 1 (line 9): in use',
  ],
  [{ verdict: 'differs', told: ['added index i'] }, 'the rollback leaves differences (differs): added index i'],
  [
    { told: ['public.t: 5 rows became 0'], rows: { changed: ['public.t: 5 rows became 0'], notCompared: [] } },
    'the rollback leaves differences (exact): public.t: 5 rows became 0',
  ],
  [
    {
      verdict: 'harmless',
      told: ['harmless: column order', 'public.t: 5 rows became 0'],
      rows: { changed: ['public.t: 5 rows became 0'], notCompared: [] },
    },
    'the rollback leaves differences (harmless): harmless: column order; public.t: 5 rows became 0',
  ],
])('no way back from one of them fails the box: %j', (differing, words) => {
  const wrong = restart({ unit: 2, ...differing });

  expect(ofUnits(3, [restart(), wrong])).toMatchObject({
    answer: 'failed',
    reason: `${exactly}; but when only 2 of 3 units are applied, ${words}`,
    facts: { fromRestartPoints: [restart(), wrong] },
  });
  expect([leadsBack(restart()), leadsBack(wrong)]).toEqual([true, false]);
});

test.each([
  ['not yet', undefined],
  ['not at all', []],
])('what was not rehearsed, %s, is said', (_, restarts) => {
  const irreversible = ofUnits(2, restarts, catalogOf(mood(`'sad'`)), catalogOf(mood(`'sad', 'ok'`)));

  expect(irreversible).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(
      /^irreversible by design: .*; the rollback was not rehearsed for the case that only some of the 2 units are applied$/,
    ),
  });
  expect(ofUnits(2, restarts)?.answer).toBe('open');
});

test('what the last test of the rollback said is found with its differences', () => {
  const tested = (reason: string, facts: object = {}) =>
    document('13-test-rollback', {
      boxes: [answer('13.1'), { ...answer('13.2', 'failed', reason), facts: { ...facts } }],
    });

  expect(revertedIn([tested('first'), tested('second', { differences: ['+ TABLE a'] })])).toMatchObject({
    answer: 'failed',
    reason: 'second',
    differences: ['+ TABLE a'],
  });
  expect(revertedIn([tested('first')])).toMatchObject({ reason: 'first', differences: [] });
  expect(revertedIn([document('06-dry-run', { boxes: [answer('6.1')] })])).toBeNull();
});

test('fewer restart points than there are leave the box open, and so do rows that could not be compared there', () => {
  const big = restart({ unit: 2, rows: { changed: [], notCompared: ['public.big'] } });

  expect(ofUnits(3, [restart()])).toMatchObject({
    answer: 'open',
    reason: `${exactly}; the rollback was not rehearsed for the case that only some of the 3 units are applied`,
  });
  expect(ofUnits(3, [restart(), big])).toMatchObject({
    answer: 'open',
    reason: `${exactly}; the same holds from every restart point (2); tables too large to compare there: public.big`,
  });
});
