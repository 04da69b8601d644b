import type { TableContents } from '#domain/tables/contents';
import { dataLossBetween, lossInWords } from '#domain/tables/data-loss';

const note = { attnum: 2, name: 'note', values: 3, digest: 'n' };
const id = { attnum: 1, name: 'id', values: 5, digest: 'i' };

const accounts = (differing: Partial<TableContents> = {}): TableContents => ({
  oid: 100,
  table: 'public.accounts',
  rows: 5,
  digest: 'whole',
  columns: [id, note],
  ...differing,
});

test.each<[string, readonly TableContents[], string, readonly string[]]>([
  ['what is as it was', [accounts()], 'nothing lost', []],
  ['a table that is gone', [], 'lost', ['table public.accounts with 5 rows is gone']],
  [
    'a column that is gone with its values',
    [accounts({ columns: [id] })],
    'lost',
    ['column public.accounts.note with 3 values is gone'],
  ],
  ['rows that are gone', [accounts({ rows: 1 })], 'lost', ['4 of 5 rows of public.accounts are gone']],
  [
    'values that became null',
    [accounts({ columns: [id, { ...note, values: 1, digest: 'm' }] })],
    'lost',
    ['2 values of public.accounts.note became null'],
  ],
  [
    'values that a narrower type or an update has changed',
    [accounts({ columns: [id, { ...note, digest: 'm' }] })],
    'changed',
    ['up to 3 values of public.accounts.note changed'],
  ],
  [
    'nulls that were filled in, beside values that may be the same ones',
    [accounts({ columns: [id, { ...note, values: 5, digest: 'm' }] })],
    'not compared',
    ['the values of public.accounts.note cannot be compared: it has 2 more values'],
  ],
  ['a column with another name', [accounts({ columns: [id, { ...note, name: 'remark' }] })], 'nothing lost', []],
  ['a table with another name', [accounts({ table: 'public.clients' })], 'nothing lost', []],
  [
    'a column with another name, one value of which became null',
    [accounts({ columns: [id, { ...note, name: 'remark', values: 2, digest: 'm' }] })],
    'lost',
    ['1 value of public.accounts.note became null'],
  ],
  [
    'a table with another name, one value of which became null',
    [accounts({ table: 'public.clients', columns: [id, { ...note, values: 2, digest: 'm' }] })],
    'lost',
    ['1 value of public.accounts.note became null'],
  ],
  [
    'a table that made room for an empty one of its name',
    [accounts({ table: 'public.accounts_old' }), accounts({ oid: 101, rows: 0, columns: [] })],
    'nothing lost',
    [],
  ],
  [
    'a table that was made anew with its columns in another order',
    [
      accounts({
        oid: 101,
        columns: [
          { ...id, attnum: 2 },
          { ...note, attnum: 1 },
        ],
      }),
    ],
    'nothing lost',
    [],
  ],
  [
    'a table that was made anew under another name, with the same rows',
    [accounts({ oid: 101, table: 'public.clients' })],
    'nothing lost',
    [],
  ],
  [
    'a column that was made anew with the same values',
    [accounts({ columns: [id, { ...note, attnum: 3, name: 'remark' }] })],
    'nothing lost',
    [],
  ],
  ['a column that came', [accounts({ columns: [id, note, { ...id, attnum: 3, name: 'more' }] })], 'nothing lost', []],
  [
    'rows that came',
    [accounts({ rows: 6, columns: [{ ...id, values: 6, digest: 'j' }, note] })],
    'not compared',
    ['the values of public.accounts cannot be compared: it has 1 more row'],
  ],
  [
    'values that became null while fewer rows went than values',
    [accounts({ rows: 4, columns: [id, { ...note, values: 1, digest: 'm' }] })],
    'lost',
    [
      '1 of 5 rows of public.accounts is gone',
      'at least 1 value of public.accounts.note became null',
      'the values of public.accounts cannot be compared: it has 1 fewer row',
    ],
  ],
  [
    'values that became null while rows came',
    [accounts({ rows: 7, columns: [id, { ...note, values: 1, digest: 'm' }] })],
    'lost',
    [
      'at least 2 values of public.accounts.note became null',
      'the values of public.accounts cannot be compared: it has 2 more rows',
    ],
  ],
  [
    'all rows that are gone leave nothing to compare',
    [
      accounts({
        rows: 0,
        columns: [
          { ...id, values: 0, digest: '' },
          { ...note, values: 0, digest: '' },
        ],
      }),
    ],
    'lost',
    ['5 of 5 rows of public.accounts are gone'],
  ],
])('%s', (_, after, grade, texts) => {
  const loss = dataLossBetween([accounts()], after);

  expect(loss.grade).toBe(grade);
  expect(loss.losses.map(({ text }) => text)).toEqual(texts);
});

test('a table that was dropped is gone, though another one has its name now', () => {
  const other = accounts({ oid: 101, table: 'public.other', rows: 9, columns: [] });

  expect(lossInWords(dataLossBetween([accounts(), other], [{ ...other, table: 'public.accounts' }]))).toBe(
    'table public.accounts with 5 rows is gone',
  );
});

test('what held nothing cannot be lost', () => {
  const empty = accounts({ rows: 0, columns: [{ ...id, values: 0 }] });

  expect(dataLossBetween([empty], []).grade).toBe('nothing lost');
  expect(
    dataLossBetween([accounts({ columns: [id, { ...note, values: 0 }] })], [accounts({ columns: [id] })]).grade,
  ).toBe('nothing lost');
});

test('of a table too large to be read the rows and values are counted, and it is said', () => {
  const large = accounts({ digest: null, columns: [{ ...note, digest: null }] });

  expect(lossInWords(dataLossBetween([large], [large]))).toBe('too large to compare: public.accounts');
  expect(dataLossBetween([large], [{ ...large, rows: 4 }])).toMatchObject({ grade: 'lost', losses: [{ count: 1 }] });
  expect(dataLossBetween([accounts()], [accounts({ digest: null })]).notCompared).toEqual(['public.accounts']);
});

test('large numbers are told with commas', () => {
  expect(
    lossInWords(dataLossBetween([accounts({ rows: 100_000, columns: [] })], [accounts({ rows: 1, columns: [] })])),
  ).toBe('99,999 of 100,000 rows of public.accounts are gone');
});
