import type { TableContents } from '#domain/tables/contents';
import { contentsDifference } from '#domain/tables/difference';

const id = { attnum: 1, name: 'id', values: 5, digest: 'i' };
const note = { attnum: 2, name: 'note', values: 3, digest: 'n' };

const accounts = (differing: Partial<TableContents> = {}): TableContents => ({
  oid: 100,
  table: 'public.accounts',
  rows: 5,
  digest: 'as-before',
  columns: [id, note],
  ...differing,
});

test.each<[string, readonly TableContents[], readonly string[]]>([
  ['equal contents are no difference', [accounts()], []],
  ['a table that came is none', [accounts(), accounts({ oid: 101, table: 'public.new' })], []],
  ['rows that went are counted', [accounts({ rows: 0, digest: 'other' })], ['public.accounts: 5 rows became 0']],
  ['a table that went is named with its rows', [], ['public.accounts with 5 rows is gone']],
  [
    'values that changed are told',
    [accounts({ digest: 'other', columns: [id, { ...note, digest: 'm' }] })],
    ['public.accounts: values among its 5 rows changed'],
  ],
  [
    'values that changed places are told',
    [accounts({ digest: 'other' })],
    ['public.accounts: values among its 5 rows changed'],
  ],
  [
    'columns that came are named, and nothing is said of values that are as they were',
    [
      accounts({
        digest: 'other',
        columns: [id, note, { ...note, attnum: 3, name: 'a' }, { ...note, attnum: 4, name: 'b' }],
      }),
    ],
    ['public.accounts: columns a, b added'],
  ],
  [
    'a column that went is named',
    [accounts({ digest: 'other', columns: [id] })],
    ['public.accounts: column note removed'],
  ],
  [
    'a column that made room for another of its name is told beside its values',
    [
      accounts({
        digest: 'other',
        columns: [id, { ...note, name: 'old', digest: 'm' }, { ...note, attnum: 3, values: 0, digest: '' }],
      }),
    ],
    ['public.accounts: column note added, column note is now named old, values among its 5 rows changed'],
  ],
  [
    'a column that was made anew has other values',
    [accounts({ digest: 'other', columns: [id, { ...note, attnum: 3, values: 0, digest: '' }] })],
    ['public.accounts: values among its 5 rows changed'],
  ],
  [
    'a table with another name is not gone',
    [accounts({ table: 'public.clients' })],
    ['public.accounts: is now named public.clients'],
  ],
  [
    'two tables that changed names are told, whatever they hold',
    [accounts({ table: 'public.clients' }), accounts({ oid: 101 })],
    ['public.accounts: is now named public.clients'],
  ],
  ['a table that was made anew with the same rows is as before', [accounts({ oid: 101 })], []],
])('%s', (_, after, changed) => {
  expect(contentsDifference([accounts()], after)).toEqual({ changed, notCompared: [] });
});

test('an empty table that went took nothing with it', () => {
  expect(contentsDifference([accounts({ rows: 0 })], []).changed).toEqual([]);
});

test('a table too large to be read is compared by its rows alone, and said not to be compared', () => {
  const large = accounts({ digest: null });

  expect(contentsDifference([large], [large])).toEqual({ changed: [], notCompared: ['public.accounts'] });
  expect(contentsDifference([accounts()], [large])).toEqual({ changed: [], notCompared: ['public.accounts'] });
  expect(contentsDifference([large], [accounts()])).toEqual({ changed: [], notCompared: ['public.accounts'] });
  expect(contentsDifference([large], [accounts({ rows: 4, digest: null })]).changed).toEqual([
    'public.accounts: 5 rows became 4',
  ]);
});
