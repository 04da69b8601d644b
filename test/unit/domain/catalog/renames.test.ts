import { type NamedObject, renamesBack } from '#domain/catalog/renames';

const table = (number: string, name: string, parent = 'public'): NamedObject => ({
  number,
  kind: 'table',
  parent,
  name,
});
const column = (number: string, parent: string, name: string): NamedObject => ({
  number,
  kind: 'column',
  parent,
  name,
});

test('nothing is said of what is called as before, of what came and of what went', () => {
  expect(renamesBack([table('1', 'a'), table('2', 'gone')], [table('1', 'a'), table('3', 'new')])).toEqual([]);
});

test('a table gets its name back before its columns do', () => {
  const before = [table('1', 'users'), column('1.2', 'public.users', 'name')];
  const after = [column('1.2', 'public.people', 'full_name'), table('1', 'people')];

  expect(renamesBack(before, after)).toEqual([
    'ALTER TABLE public.people RENAME TO users',
    'ALTER TABLE public.users RENAME COLUMN full_name TO name',
  ]);
});

test('what was made under the old name is named aside', () => {
  expect(renamesBack([table('1', 'users')], [table('1', 'users_old'), table('2', 'users')])).toEqual([
    'ALTER TABLE public.users RENAME TO users_in_the_way',
    'ALTER TABLE public.users_old RENAME TO users',
  ]);
});

test('what moved goes back to its schema, under the name that the schema had', () => {
  const schema = (name: string): NamedObject => ({ number: 'n1', kind: 'schema', parent: '', name });

  expect(renamesBack([table('1', 'a', 'old')], [table('1', 'a', 'new')])).toEqual(['ALTER TABLE new.a SET SCHEMA old']);
  expect(renamesBack([schema('old'), table('1', 'a', 'old')], [schema('new'), table('1', 'a', 'new')])).toEqual([
    'ALTER SCHEMA new RENAME TO old',
  ]);
});
