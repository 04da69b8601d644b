import { parseProductionStatistics } from '#domain/tables/production-statistics';

const orders = { table: 'public.orders', rows: 2_100_000, heapBytes: 1, indexBytes: 2, toastBytes: 0 };
const file = (differing: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    ...{ format: 1, takenAt: '2026-11-29T10:00:00Z', serverVersion: '17.2', database: 'shop', tables: [orders] },
    ...differing,
  });

test('a file as npm run statistics writes it is taken, and nothing else that an entry holds', () => {
  const text = file({ tables: [{ ...orders, secret: 'x' }] });

  expect(parseProductionStatistics('sizes.json', text).tables).toEqual([orders]);
});

test.each([
  ['', 'it is empty'],
  ['{"format": 1', 'it is not JSON'],
  ['null', 'it holds null, expected an object'],
  [file({ format: 7 }), 'format is 7, expected 1'],
  [file({ takenAt: 'yesterday' }), 'takenAt is "yesterday", expected a time'],
  [file({ tables: [] }), 'tables is empty, expected the tables of production'],
  [file({ tables: 3 }), 'tables is 3, expected a list'],
  [file({ tables: [{ ...orders, rows: -1 }] }), 'tables[0].rows of public.orders is -1, expected a number, 0 or more'],
  [file({ tables: [{ ...orders, heapBytes: '7' }] }), 'tables[0].heapBytes of public.orders is "7"'],
  [file({ tables: [{ ...orders, table: 'orders' }] }), 'tables[0].table is "orders", expected a name'],
  [file({ tables: [orders, orders] }), '"public.orders" is listed twice'],
])('%s is refused with what is wrong', (text, problem) => {
  expect(() => parseProductionStatistics('sizes.json', text)).toThrow(problem);
  expect(() => parseProductionStatistics('sizes.json', text)).toThrow('npm run statistics');
});
