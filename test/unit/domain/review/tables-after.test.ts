import { findingsOfCode } from '#domain/boxes/01-code-review';
import { contextFor } from '#domain/review/subject';
import { keysOf } from '#domain/review/tables-after';
import { ordersCatalog, subjectOf } from '#test/support/review-subject';

const keysAfter = async (sql: string, table = 'public.orders') =>
  keysOf(contextFor(await subjectOf(sql, 'SELECT 1;', { catalog: ordersCatalog })), table).map(({ name }) => name);

test('a table has the indexes that it had and those that the migration makes', async () => {
  expect(
    await keysAfter('CREATE INDEX more ON orders (note, order_id); ALTER TABLE orders ADD UNIQUE (note);'),
  ).toEqual(['orders_pkey', 'orders_note_idx', null, 'more']);
});

test.each([
  ['DROP INDEX orders_note_idx;', ['orders_pkey']],
  ['DROP INDEX CONCURRENTLY public.orders_note_idx;', ['orders_pkey']],
  ['DROP INDEX other.orders_note_idx;', ['orders_pkey', 'orders_note_idx']],
  ['ALTER TABLE orders DROP CONSTRAINT orders_pkey;', ['orders_note_idx']],
  ['ALTER TABLE orders DROP COLUMN note;', ['orders_pkey']],
  ['DROP TABLE orders;', []],
  ['DROP TABLE orders;\nCREATE TABLE orders (order_id bigint CONSTRAINT anew PRIMARY KEY);', ['anew']],
  [
    'DROP INDEX orders_note_idx;\nCREATE INDEX orders_note_idx ON orders (order_id);',
    ['orders_pkey', 'orders_note_idx'],
  ],
  ['CREATE INDEX helper ON orders (note);\nDROP INDEX helper;', ['orders_pkey', 'orders_note_idx']],
  [
    'ALTER TABLE orders ADD CONSTRAINT u UNIQUE (note);\nALTER TABLE orders DROP CONSTRAINT u;',
    ['orders_pkey', 'orders_note_idx'],
  ],
])('behind %s stand %j', async (sql, names) => {
  expect(await keysAfter(sql)).toEqual(names);
});

test('an index that the migration drops covers no foreign key', async () => {
  const key =
    'CREATE TABLE notes (note text CONSTRAINT notes_pkey PRIMARY KEY);\nALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (note) REFERENCES notes (note) ON DELETE CASCADE;';
  const found = async (sql: string) =>
    findingsOfCode(await subjectOf(sql, 'SELECT 1;', { catalog: ordersCatalog })).map(({ rule }) => rule);

  expect(await found(key)).not.toContain('foreign-key-without-index');
  expect(await found(`${key}\nDROP INDEX orders_note_idx;`)).toContain('foreign-key-without-index');
});
