import type { CatalogObject } from '#domain/catalog/catalog';
import { differenceOf } from '#domain/catalog/difference';
import { restoringSql } from '#domain/catalog/restoring-sql';
import { catalogOf, column, comment, foreignKey, index, object, primaryKey, table } from './objects';

const restore = (before: readonly CatalogObject[], after: readonly CatalogObject[]) =>
  restoringSql(differenceOf(catalogOf(...before), catalogOf(...after)));

const statements = (before: readonly CatalogObject[], after: readonly CatalogObject[]) =>
  restore(before, after).flatMap((one) => one.statements ?? ['by hand']);

test('nothing has to be done where nothing differs', () => {
  expect(restore([table('public.a')], [table('public.a')])).toEqual([]);
});

test('what leans on another object is dropped before it and made after it', () => {
  const lost = [
    ...[object('schema', 'app', { owner: 'app' }), table('app.b'), column('app.b.id', 1, { isNullable: false })],
    ...[foreignKey('app.b.a_b', 'id', 'app.b', 'id'), primaryKey('app.b', 'id'), comment('table app.b', 'x')],
  ];
  const left = [table('public.c'), column('public.c.id', 1), object('type', 'public.t', { form: 'enum', labels: '' })];

  expect(statements(lost, left)).toEqual([
    ...['DROP TABLE public.c', 'DROP TYPE public.t', 'CREATE SCHEMA app', 'ALTER SCHEMA app OWNER TO app'],
    ...['CREATE TABLE app.b (id text NOT NULL)', 'ALTER TABLE app.b OWNER TO app'],
    ...['ALTER TABLE app.b ADD CONSTRAINT key PRIMARY KEY (id)'],
    ...['ALTER TABLE app.b ADD CONSTRAINT a_b FOREIGN KEY (id) REFERENCES app.b(id)', "COMMENT ON TABLE app.b IS 'x'"],
  ]);
});

test('a changed column is altered in place, every field by a statement of its own', () => {
  expect(
    statements(
      [column('public.a.x', 1, { default: 'now()', isNullable: false })],
      [column('public.a.x', 1, { statisticsTarget: 5 })],
    ),
  ).toEqual([
    'ALTER TABLE public.a ALTER COLUMN x SET NOT NULL',
    'ALTER TABLE public.a ALTER COLUMN x SET DEFAULT now()',
    'ALTER TABLE public.a ALTER COLUMN x SET STATISTICS -1',
  ]);
});

test('an index of another shape is dropped and made again', () => {
  expect(statements([index('public.i', 'public.a', 'x')], [index('public.i', 'public.a', 'y')])).toEqual([
    'DROP INDEX public.i',
    'CREATE INDEX i ON public.a USING btree (x)',
  ]);
});

test('privileges are taken away and given as they were', () => {
  expect(
    statements(
      [table('public.a', { privileges: 'app: SELECT; reader: SELECT, UPDATE*' })],
      [table('public.a', { privileges: 'app: SELECT; writer: INSERT' })],
    ),
  ).toEqual([
    'REVOKE ALL ON TABLE public.a FROM writer',
    'GRANT SELECT ON TABLE public.a TO reader',
    'GRANT UPDATE ON TABLE public.a TO reader WITH GRANT OPTION',
  ]);
});

test('what no statement is known for is left to a person, and named', () => {
  const before = object('operator class', 'public.backwards USING btree', { type: 'integer' });

  expect(restore([before], [])).toEqual([
    { kind: 'operator class', identity: 'public.backwards USING btree', statements: null },
  ]);
});

test('half a restoration is none: a field without a statement leaves the whole object to a person', () => {
  expect(restore([table('public.a', { partitionKey: 'LIST (x)' })], [table('public.a', { isUnlogged: true })])).toEqual(
    [{ kind: 'table', identity: 'public.a', statements: null }],
  );
});

test('what makes an object owns it: only another owner is named', () => {
  const view = object('view', 'public.v', { owner: 'app', definition: 'SELECT 1' });

  const [own] = restoringSql({ added: [], removed: [view], changed: [] }, 'app');
  const [others] = restoringSql({ added: [], removed: [view], changed: [] }, 'deploy');

  expect(own?.statements).toEqual(['CREATE OR REPLACE VIEW public.v AS SELECT 1']);
  expect(others?.statements).toEqual([
    'CREATE OR REPLACE VIEW public.v AS SELECT 1',
    'ALTER VIEW public.v OWNER TO app',
  ]);
});

test('what goes with a table is not dropped on its own, but for a foreign key to another one that goes', () => {
  const added = [
    object('table', 'public.a', {}),
    object('table', 'public.b', {}),
    object('constraint', 'public.a.a_check', { type: 'check' }),
    object('constraint', 'public.a.a_b', { type: 'foreign key', targetTable: 'public.b' }),
    object('constraint', 'public.a.a_a', { type: 'foreign key', targetTable: 'public.a' }),
    object('index', 'public.a_idx', { table: 'public.a' }),
    object('trigger', 'public.a.touch', {}),
  ];

  const statements = restoringSql({ added, removed: [], changed: [] }).flatMap((one) => one.statements ?? []);

  expect(statements).toEqual([
    'ALTER TABLE public.a DROP CONSTRAINT a_b',
    'DROP TABLE public.b',
    'DROP TABLE public.a',
  ]);
});
