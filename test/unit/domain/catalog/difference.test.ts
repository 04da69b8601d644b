import { differenceOf, isEmptyDifference } from '#domain/catalog/difference';
import { catalogOf, column, object, table } from './objects';

const jobs = table('public.jobs');
const columns = [column('public.jobs.id', 1), column('public.jobs.status', 2), column('public.jobs.note', 3)] as const;

test('equal catalogs have an empty difference', () => {
  const difference = differenceOf(catalogOf(jobs, ...columns), catalogOf(...columns, jobs));

  expect(difference).toEqual({ added: [], removed: [], changed: [] });
  expect(isEmptyDifference(difference)).toBe(true);
});

test('what came, what went and what changed is told apart, with the values on both sides', () => {
  const before = catalogOf(jobs, object('view', 'public.v', { definition: 'SELECT 1', options: `a='1'` }));
  const after = catalogOf(table('public.users'), object('view', 'public.v', { definition: 'SELECT 2' }));

  const difference = differenceOf(before, after);

  expect(difference.added).toEqual([table('public.users')]);
  expect(difference.removed).toEqual([jobs]);
  expect(difference.changed).toEqual([
    {
      kind: 'view',
      identity: 'public.v',
      before: { definition: 'SELECT 1', options: `a='1'` },
      after: { definition: 'SELECT 2' },
      fields: [
        { field: 'definition', before: 'SELECT 1', after: 'SELECT 2' },
        { field: 'options', before: `a='1'`, after: null },
      ],
    },
  ]);
  expect(isEmptyDifference(difference)).toBe(false);
});

test('objects of another kind under the same name are not the same', () => {
  const difference = differenceOf(catalogOf(object('view', 'public.a')), catalogOf(object('table', 'public.a')));

  expect([difference.removed.length, difference.added.length, difference.changed.length]).toEqual([1, 1, 0]);
});

test('a column that came in the middle does not change those behind it', () => {
  const after = catalogOf(
    jobs,
    columns[0],
    column('public.jobs.new', 2),
    column('public.jobs.status', 3),
    column('public.jobs.note', 4),
  );

  const difference = differenceOf(catalogOf(jobs, ...columns), after);

  expect(difference.added.map(({ identity }) => identity)).toEqual(['public.jobs.new']);
  expect(difference.changed).toEqual([]);
});

test('columns in another order are changed, by their places', () => {
  const after = catalogOf(jobs, columns[0], column('public.jobs.note', 2), column('public.jobs.status', 3));

  const { changed } = differenceOf(catalogOf(jobs, ...columns), after);

  expect(changed.map(({ identity, fields }) => [identity, fields])).toEqual([
    ['public.jobs.note', [{ field: 'position', before: 3, after: 2 }]],
    ['public.jobs.status', [{ field: 'position', before: 2, after: 3 }]],
  ]);
});
