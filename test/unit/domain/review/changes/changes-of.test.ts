import { parseMigration } from '#domain/migration/parse-migration';
import { changesOf } from '#domain/review/changes/changes-of';
import { migrationFile } from '#test/support/review-subject';
import { findingsOf } from '../rules/findings';

const tablesIn = async (sql: string) =>
  changesOf((await parseMigration('005_example.sql', Buffer.from(migrationFile(sql, 'SELECT 1;')))).statements).tables;

test.each([
  ['CREATE TABLE a (id int);', { hasOwnColumns: true, parents: [] }],
  ['CREATE FOREIGN TABLE a (id int) SERVER s;', { hasOwnColumns: true, parents: [] }],
  ['CREATE TABLE a (LIKE other);', { hasOwnColumns: false, parents: [] }],
  ['CREATE TABLE a (id int, LIKE other INCLUDING ALL);', { hasOwnColumns: false, parents: [] }],
  ['CREATE TABLE a OF kind;', { hasOwnColumns: false, parents: [] }],
  ['CREATE TABLE a AS SELECT 1 AS id;', { hasOwnColumns: false, parents: [] }],
  ['CREATE TABLE a () INHERITS (other);', { hasOwnColumns: true, parents: ['public.other'] }],
  ['CREATE TABLE a PARTITION OF other DEFAULT;', { hasOwnColumns: true, parents: ['public.other'] }],
])('%s makes a table of which it is known where its columns come from', async (sql, known) => {
  expect(await tablesIn(sql)).toMatchObject([{ name: 'public.a', ...known }]);
});

test('of a table whose columns come from elsewhere no column is missed', async () => {
  expect(await findingsOf('created-at-missing', 'CREATE TABLE a (id int);')).toHaveLength(1);
  expect(await findingsOf('created-at-missing', 'CREATE TABLE a (LIKE other);')).toEqual([]);
});
