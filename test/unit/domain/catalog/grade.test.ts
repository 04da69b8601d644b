import { differenceOf } from '#domain/catalog/difference';
import { gradeDifference } from '#domain/catalog/grade';
import { catalogOf, column, object, table } from './objects';

const explain = (before: ReturnType<typeof catalogOf>, after: ReturnType<typeof catalogOf>) =>
  gradeDifference(differenceOf(before, after));

const mood = (labels: string) => catalogOf(object('type', 'public.mood', { form: 'enum', labels }));

const serial = (name: string, definition = {}) =>
  catalogOf(
    column('public.jobs.n', 1, { default: `nextval('public.${name}'::regclass)` }),
    object('sequence', `public.${name}`, { type: 'integer', ownedBy: 'public.jobs.n', ...definition }),
  );

test('no difference is exact', () => {
  expect(gradeDifference(differenceOf(catalogOf(table('public.a')), catalogOf(table('public.a')))).verdict).toBe(
    'exact',
  );
});

test('another order of columns is harmless, and told once per table', () => {
  const { verdict, harmless, rest } = explain(
    catalogOf(column('public.a.x', 1), column('public.a.y', 2)),
    catalogOf(column('public.a.x', 2), column('public.a.y', 1)),
  );

  expect(verdict).toBe('harmless');
  expect(harmless.map(({ name, identity }) => [name, identity])).toEqual([['column order', 'public.a']]);
  expect(rest.changed).toEqual([]);
});

test('a column that is elsewhere and of another type differs, by the type alone', () => {
  const { verdict, rest } = explain(
    catalogOf(column('public.a.x', 1), column('public.a.y', 2)),
    catalogOf(column('public.a.x', 2, { type: 'integer' }), column('public.a.y', 1)),
  );

  expect(verdict).toBe('differs');
  expect(rest.changed.map(({ identity, fields }) => [identity, fields])).toEqual([
    ['public.a.x', [{ field: 'type', before: 'text', after: 'integer' }]],
  ]);
});

test('a sequence that its column got under another name is harmless, with the default that names it', () => {
  const { verdict, harmless } = explain(serial('jobs_n_seq'), serial('jobs_n_seq1'));

  expect(verdict).toBe('harmless');
  expect(harmless).toMatchObject([{ name: 'sequence renamed', identity: 'public.jobs_n_seq1' }]);
});

test('a sequence of another kind under another name differs', () => {
  expect(explain(serial('jobs_n_seq'), serial('jobs_n_seq1', { cache: '20' })).verdict).toBe('differs');
});

test('a sequence that belongs to no column differs under another name', () => {
  const { verdict } = explain(catalogOf(object('sequence', 'public.a')), catalogOf(object('sequence', 'public.b')));

  expect(verdict).toBe('differs');
});

test('another name of a NOT NULL constraint is harmless', () => {
  const { verdict, harmless } = explain(
    catalogOf(column('public.a.x', 1)),
    catalogOf(column('public.a.x', 1, { notNullName: 'x_must_be' })),
  );

  expect([verdict, harmless[0]?.identity]).toEqual(['harmless', 'public.a.x']);
});

test.each([
  [`'sad', 'ok'`, `'sad', 'ok', 'glad'`, 'irreversible by design'],
  [`'sad', 'ok'`, `'x', 'sad', 'y', 'ok'`, 'irreversible by design'],
  [`'it''s, so', 'ok'`, `'it''s, so', 'no', 'ok'`, 'irreversible by design'],
  [`'sad', 'ok'`, `'ok', 'sad'`, 'differs'],
  [`'sad', 'ok'`, `'sad'`, 'differs'],
  [`'sad', 'ok'`, `'sad', 'fine', 'glad'`, 'differs'],
])('enum values %s that are %s afterwards are graded: %s', (before, after, verdict) => {
  expect(explain(mood(before), mood(after)).verdict).toBe(verdict);
});

test('an extension that stays updated is irreversible by design and says both versions', () => {
  const { verdict, irreversible } = explain(
    catalogOf(object('extension', 'pg_trgm', { version: '1.5', schema: 'public' })),
    catalogOf(object('extension', 'pg_trgm', { version: '1.6', schema: 'public' })),
  );

  expect(verdict).toBe('irreversible by design');
  expect(irreversible[0]?.text).toMatch(/pg_trgm.*1\.6.*1\.5/);
});

test('the worst decides, and what is excused does not hide the rest', () => {
  const before = catalogOf(object('type', 'public.mood', { form: 'enum', labels: `'a'` }), table('public.kept'));
  const after = catalogOf(object('type', 'public.mood', { form: 'enum', labels: `'a', 'b'` }));

  const { verdict, irreversible, rest } = explain(before, after);

  expect([verdict, irreversible.length, rest.removed.length, rest.changed.length]).toEqual(['differs', 1, 1, 0]);
});
