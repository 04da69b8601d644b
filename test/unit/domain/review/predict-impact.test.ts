/** What is expected of each statement, for the dry run to be held against. */
import { predictedClass } from '#domain/dry-run/statement-class';
import { predictImpact } from '#domain/review/predict-impact';
import { ordersCatalog, subjectOf } from '#test/support/review-subject';

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

const tablesOf = async (sql: string) => (await predict(sql)).map(({ tables }) => tables);

const [orders, none] = [['public.orders'], []];

test('a table that is renamed or moved is known by its name of before', async () => {
  const sql = `ALTER TABLE orders RENAME TO sales; ALTER TABLE sales ALTER COLUMN note TYPE varchar(30);
    ALTER TABLE sales SET SCHEMA shop; CREATE INDEX sales_note ON shop.sales (note); DROP INDEX orders_note_idx;
    ALTER TABLE shop.sales RENAME COLUMN note TO remark; CREATE TABLE copied AS SELECT * FROM shop.sales;`;

  expect(await tablesOf(sql)).toEqual([orders, orders, orders, orders, orders, orders, orders]);
  // A longer varchar is no rewrite, which is only known of the table's column.
  expect((await predict(sql))[1]?.class).toBe('metadata only');
});

test('a new table that takes the place of an old one is not taken for it', async () => {
  const sql = `CREATE TABLE fresh (order_id bigint); ALTER TABLE orders RENAME TO retired;
    ALTER TABLE fresh RENAME TO orders; CREATE INDEX orders_id ON orders (order_id); DROP INDEX orders_note_idx;
    INSERT INTO orders SELECT order_id FROM retired; DROP TABLE retired;`;

  expect(await tablesOf(sql)).toEqual([none, orders, none, none, orders, orders, orders]);
});

test('a table that is dropped and made anew is the old one until then', async () => {
  const sql = 'DROP TABLE orders; CREATE TABLE orders (id bigint REFERENCES orders); CREATE INDEX i ON orders (id);';

  expect(await tablesOf(sql)).toEqual([orders, none, none]);
});

test('a unit begins with the names that the units before have left, which the dry run tells then', async () => {
  const sql = `ALTER TABLE orders RENAME TO sales; CREATE INDEX CONCURRENTLY sales_note ON sales (note);
    ALTER TABLE sales RENAME TO deals; ALTER TABLE deals ADD COLUMN size int;`;

  expect(await tablesOf(sql)).toEqual([orders, ['public.sales'], ['public.sales'], ['public.sales']]);
});
