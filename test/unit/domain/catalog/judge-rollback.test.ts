import type { Catalog } from '#domain/catalog/catalog';
import { differenceOf } from '#domain/catalog/difference';
import { judgeRollback } from '#domain/catalog/judge-rollback';
import type { ContentsDifference } from '#domain/tables/difference';
import { catalogOf, column, object, table } from './objects';

const sameRows = { changed: [], notCompared: [] };

const judge = (before: Catalog, after: Catalog, rows: ContentsDifference | null = sameRows) =>
  judgeRollback(differenceOf(before, after), rows);

const answersOf = ({ boxes }: ReturnType<typeof judgeRollback>) => boxes.map(({ box, answer }) => [box, answer]);

const mood = (labels: string) => object('type', 'public.mood', { form: 'enum', labels });
const sequence = (name: string) => object('sequence', `public.${name}`, { type: 'integer', ownedBy: 'public.jobs.n' });
const serial = (name: string) => [
  column('public.jobs.n', 1, { default: `nextval('public.${name}'::regclass)` }),
  sequence(name),
];

test('a catalog that is the one of before, exactly, proves the rollback', () => {
  const judged = judge(catalogOf(table('public.jobs')), catalogOf(table('public.jobs')));

  expect(judged).toMatchObject({
    verdict: 'exact',
    differences: [],
    compared: 'the catalog after the rollback equals the catalog before the migration, exactly',
  });
  expect(answersOf(judged)).toEqual([
    ['13.2', 'proved'],
    ['13.3', 'proved'],
  ]);
});

test('a harmless difference is proved and told', () => {
  const judged = judge(
    catalogOf(column('public.a.x', 1), column('public.a.y', 2)),
    catalogOf(column('public.a.x', 2), column('public.a.y', 1)),
  );

  expect(judged.verdict).toBe('harmless');
  expect(judged.compared).toMatch(
    /^the catalog after the rollback is not the catalog before the migration; harmless: ~ TABLE public\.a/,
  );
  expect(judged.boxes[0]).toMatchObject({
    answer: 'proved',
    reason: expect.stringMatching(/^harmless: ~ TABLE public\.a/),
  });
});

test('a sequence under another name is no orphan', () => {
  const judged = judge(catalogOf(...serial('jobs_n_seq')), catalogOf(...serial('jobs_n_seq1')));

  expect(answersOf(judged)).toEqual([
    ['13.2', 'proved'],
    ['13.3', 'proved'],
  ]);
});

test('what PostgreSQL cannot undo is not reverted; up again is not run, so the box of the orphans is open', () => {
  const judged = judge(catalogOf(mood(`'sad'`)), catalogOf(mood(`'sad', 'ok'`)));

  expect(judged.verdict).toBe('irreversible by design');
  expect(answersOf(judged)).toEqual([
    ['13.2', 'failed'],
    ['13.3', 'open'],
  ]);
  expect(judged.boxes[0]?.reason).toMatch(/^irreversible by design: /);
});

test('a renamed sequence is no orphan beside what cannot be undone either', () => {
  const judged = judge(
    catalogOf(...serial('jobs_n_seq'), mood(`'sad'`)),
    catalogOf(...serial('jobs_n_seq1'), mood(`'sad', 'ok'`)),
  );

  expect(judged.boxes[1]).toMatchObject({ box: '13.3', answer: 'open' });
});

test('an object that is left behind is an orphan by name', () => {
  const judged = judge(catalogOf(), catalogOf(table('public.jobs')));

  expect(judged.verdict).toBe('differs');
  expect(judged.boxes).toMatchObject([
    { box: '13.2', answer: 'failed', facts: { verdict: 'differs', differences: judged.differences } },
    { box: '13.3', answer: 'failed', reason: 'left behind by the rollback: table public.jobs' },
  ]);
});

test('a rollback that only loses something leaves no orphan; up again was not run, so the box is open', () => {
  const judged = judge(catalogOf(table('public.jobs')), catalogOf());

  expect(answersOf(judged)).toEqual([
    ['13.2', 'failed'],
    ['13.3', 'open'],
  ]);
});

test('of many differences ten are told, and how many more there are; the facts hold all', () => {
  const many = Array.from({ length: 12 }, (_, index) => table(`public.t${index}`));

  const [box] = judge(catalogOf(...many), catalogOf()).boxes;

  expect(box?.reason.match(/public\.t\d+/g)).toHaveLength(10);
  expect(box?.reason).toMatch(/; and 2 more$/);
  expect(box?.facts?.['differences']).toHaveLength(12);
});

test.each<[string, ContentsDifference | null, string, string]>([
  [
    'rows that are not as before fail it',
    { changed: ['public.a: 5 rows became 0'], notCompared: [] },
    'failed',
    'but not the rows: public.a: 5 rows became 0',
  ],
  ['rows that could not be compared leave it open', { changed: [], notCompared: ['public.big'] }, 'open', 'public.big'],
  [
    'rows that are as before are told',
    { changed: [], notCompared: [] },
    'proved',
    'the rows of all tables are as before',
  ],
  ['on the target only the schema is spoken of', null, 'proved', 'exactly'],
])('of a schema that was put back: %s', (_, rows, answer, words) => {
  const [reverted] = judge({ objects: [] }, { objects: [] }, rows).boxes;

  expect(reverted).toMatchObject({ box: '13.2', answer, reason: expect.stringContaining(words) });
});
