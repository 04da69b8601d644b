import { tablesOf, triggersOf } from '#domain/catalog/tables';
import { catalogOf, column, comment, foreignKey, index, object, primaryKey, table } from './objects';

test('names are unquoted, columns in the table’s order, comments where they belong', () => {
  const [orders] = tablesOf(
    catalogOf(
      ...[table('shop."My Orders"'), column('shop."My Orders"."a.b"', 2), column('shop."My Orders".id', 1)],
      ...[comment('table shop."My Orders"', 'bought'), comment('table column shop."My Orders"."a.b"', 'place')],
      primaryKey('shop."My Orders"', 'id, "a,b", "say ""hi"""'),
    ),
  );

  expect(orders).toMatchObject({ schema: 'shop', name: 'My Orders', identity: 'shop."My Orders"', comment: 'bought' });
  expect(orders?.columns.map(({ name, comment: text }) => [name, text])).toEqual([
    ['id', null],
    ['a.b', 'place'],
  ]);
  expect(orders?.primaryKey).toEqual(['id', 'a,b', 'say "hi"']);
});

test('keys and indexes stand with their own table', () => {
  const tables = tablesOf(
    catalogOf(
      ...[table('public.a'), table('public.ab'), foreignKey('public.a.to_b', 'x, y', 'public.ab', 'p, q')],
      index('public.i', 'public.ab', 'lower, , x', { predicate: 'x > 0', isUnique: true, constraint: 'u' }),
    ),
  );

  expect(tables.map(({ name, foreignKeys, indexes }) => [name, foreignKeys.length, indexes.length])).toEqual([
    ['a', 1, 0],
    ['ab', 0, 1],
  ]);
  expect(tables[0]?.foreignKeys).toEqual([
    { name: 'to_b', columns: ['x', 'y'], targetTable: 'public.ab', targetColumns: ['p', 'q'], onDelete: 'no action' },
  ]);
  expect(tables[1]?.indexes).toEqual([
    { name: 'i', columns: ['lower', '', 'x'], isUnique: true, isPartial: true, isValid: true, constraint: 'u' },
  ]);
  expect(tables[0]?.primaryKey).toEqual([]);
});

test('a default is what stands for a missing value: an expression, an identity, a generation', () => {
  const [{ columns } = { columns: [] }] = tablesOf(
    catalogOf(
      table('public.a'),
      ...[column('public.a.one', 1), column('public.a.two', 2, { default: 'now()' })],
      column('public.a.three', 3, { identity: 'by default' }),
      column('public.a.four', 4, { generated: 'a + 1', generatedAs: 'stored' }),
    ),
  );

  expect(columns.map((one) => one.default)).toEqual([null, 'now()', 'identity by default', 'generated: a + 1']);
});

test.each([
  ['enabled', true],
  ['always', true],
  ['disabled', false],
  ['replica', false],
])('a trigger that is %s: enabled is %s', (enabled, isEnabled) => {
  const trigger = object('trigger', 'public.jobs."Stamp it"', { function: 'public."Stamp"()', enabled });

  expect(triggersOf(catalogOf(trigger))).toEqual([
    { name: 'Stamp it', table: 'public.jobs', function: 'public.Stamp', isEnabled },
  ]);
});
