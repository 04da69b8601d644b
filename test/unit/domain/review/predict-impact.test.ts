/** What is expected of each statement, for the dry run to be held against. */
import { predictedClass } from '#domain/locks/statement-class';
import { predictImpact } from '#domain/review/predict-impact';
import { ordersCatalog, subjectOf } from '../../../support/review-subject';

const predict = async (sql: string) =>
  predictImpact(await subjectOf(sql, 'SELECT 1;', { catalog: ordersCatalog })).map(({ kind, locks }) => ({
    class: predictedClass(kind, locks),
    tables: locks.map(({ table }) => table),
  }));

const scan = { class: 'scan', tables: ['public.orders'] };
const nothing = { class: 'metadata only', tables: [] };

test.each([
  ['CREATE TABLE copied AS SELECT * FROM orders;', scan],
  ['CREATE TABLE copied AS TABLE orders WITH NO DATA;', nothing],
  ['SELECT * INTO copied FROM public.orders AS o JOIN orders AS p USING (order_id);', scan],
  ['CREATE MATERIALIZED VIEW copied AS SELECT (SELECT count(*) FROM orders);', scan],
  ['CREATE TABLE copied AS WITH orders AS (SELECT 1) SELECT * FROM orders;', nothing],
  ['CREATE TABLE copied AS SELECT relname FROM pg_class;', nothing],
  ['CREATE TABLE copied AS SELECT * FROM noted;', scan],
  ['INSERT INTO orders (order_id) SELECT order_id + 1 FROM orders;', { ...scan, class: 'data' }],
])('tables that a statement reads are foreseen: %s', async (sql, expected) => {
  expect(await predict(sql)).toEqual([expected]);
});

test('rows that come into a table of the migration itself are read from the one that was there', async () => {
  const [, filled, updated] = await predict(
    `CREATE TABLE copied (order_id bigint);
     INSERT INTO copied SELECT order_id FROM orders;
     UPDATE copied SET order_id = 1 FROM orders;`,
  );

  expect([filled, updated]).toEqual([scan, scan]);
});

test('a table that is changed from its own rows is changed, which takes longer than to read it', async () => {
  const sql = 'UPDATE orders AS o SET note = p.note FROM orders AS p WHERE o.order_id = p.order_id;';
  const [impact] = predictImpact(await subjectOf(sql, 'SELECT 1;', { catalog: ordersCatalog }));

  expect(impact?.locks).toEqual([{ table: 'public.orders', mode: 'RowExclusiveLock', work: 'rows' }]);
});
