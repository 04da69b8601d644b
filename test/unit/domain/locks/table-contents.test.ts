import { contentsDifference, type TableContents } from '#domain/locks/table-contents';

const accounts = (differing: Partial<TableContents> = {}): TableContents => ({
  ...{ oid: 100, table: 'public.accounts', rows: 5, digest: 'as-before', columns: [] },
  ...differing,
});

test.each<[string, readonly TableContents[], readonly string[]]>([
  ['equal contents are no difference', [accounts()], []],
  ['a table that came is none', [accounts(), accounts({ oid: 101, table: 'public.new' })], []],
  ['rows that went are counted', [accounts({ rows: 0, digest: 'other' })], ['public.accounts: 5 rows became 0']],
  ['a table that went is named with its rows', [], ['public.accounts with 5 rows is gone']],
  [
    'values that are others are told',
    [accounts({ digest: 'other' })],
    ['public.accounts: values in its 5 rows are others, or its columns are'],
  ],
])('%s', (_, after, changed) => {
  expect(contentsDifference([accounts()], after)).toEqual({ changed, notCompared: [] });
});

test('an empty table that went took nothing with it', () => {
  expect(contentsDifference([accounts({ rows: 0 })], []).changed).toEqual([]);
});

test('a table too large to be read is compared by its rows alone, and said not to be compared', () => {
  const large = accounts({ digest: null });

  expect(contentsDifference([large], [large])).toEqual({ changed: [], notCompared: ['public.accounts'] });
  expect(contentsDifference([large], [accounts({ rows: 4, digest: null })]).changed).toEqual([
    'public.accounts: 5 rows became 4',
  ]);
});
