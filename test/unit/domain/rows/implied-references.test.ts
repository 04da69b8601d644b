import { impliedReferences } from '#domain/rows/implied-references';
import type { ColumnShape } from '#domain/rows/shape';

const column = (name: string, type = 'integer'): ColumnShape => ({
  name,
  written: name,
  type,
  isNullable: true,
  default: null,
  isGiven: false,
});

const key = (table: string, type = 'integer', named = 'id') => ({ table, column: named, type });

const keys = [key('public.users'), key('public.shop_orders'), key('public.companies'), key('public.jobs', 'uuid')];

const parentsOf = (own: string, columns: readonly ColumnShape[], known = keys) =>
  impliedReferences(own, columns, known).map(({ columns: [name], parent }) => [name, parent]);

test.each([
  ['user_id', 'public.users'],
  ['userId', 'public.users'],
  ['owner_user_id', 'public.users'],
  ['order_id', 'public.shop_orders'],
  ['company_id', 'public.companies'],
  ['parent_id', 'public.users'],
])('%s is a reference to %s', (name, parent) => {
  expect(parentsOf('public.users', [column(name)])).toEqual([[name, parent]]);
});

test.each([
  ['another type', column('job_id')],
  ['no such table', column('planet_id')],
  ['no ending of a reference', column('users')],
  ['the key itself', column('id')],
  ['a word that only ends alike', column('paid')],
])('%s is no reference', (_, one) => {
  expect(parentsOf('public.users', [one])).toEqual([]);
});

test('a name that means two tables equally well means none; the one that is the whole name is meant before others', () => {
  expect(parentsOf('public.t', [column('user_id')], [key('public.a_user'), key('public.b_user')])).toEqual([]);
  expect(parentsOf('public.t', [column('user_id')], [key('public.a_user'), key('public.users')])).toEqual([
    ['user_id', 'public.users'],
  ]);
});

test('a column called as another table calls its key is a reference, unless the name is everybody’s', () => {
  const known = [key('public.countries', 'text', 'iso_country'), key('public.flags', 'text', 'code')];

  expect(parentsOf('public.t', [column('iso_country', 'text'), column('code', 'text')], known)).toEqual([
    ['iso_country', 'public.countries'],
  ]);
});
