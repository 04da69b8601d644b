import { contentsDifference } from '#domain/locks/table-contents';
import { target, withTarget } from './database-arrangements';

const setUp = `CREATE TABLE accounts (id int PRIMARY KEY, note text, balance numeric(12,2));
INSERT INTO accounts SELECT n, 'note ' || n, n FROM generate_series(1, 50) n`;

const changedBy = (sql: string) =>
  withTarget(setUp, async ({ database, query }) => {
    const before = await database.readTableContents(target);
    await query(sql);
    return contentsDifference(before, await database.readTableContents(target)).changed;
  });

test.each([
  ['an update of one value', "UPDATE accounts SET note = 'x' WHERE id = 7", 'values in its 50 rows are others'],
  ['a delete', 'DELETE FROM accounts WHERE id <= 10', '50 rows became 40'],
  ['a truncate', 'TRUNCATE accounts', '50 rows became 0'],
  [
    'a column that was dropped and added again',
    'ALTER TABLE accounts DROP COLUMN note; ALTER TABLE accounts ADD COLUMN note text',
    'values in its 50 rows are others',
  ],
  [
    'a type that loses fractions',
    'UPDATE accounts SET balance = 1.5 WHERE id = 1; ALTER TABLE accounts ALTER balance TYPE bigint',
    'values in its 50 rows are others',
  ],
  ['a table that went', 'DROP TABLE accounts', 'with 50 rows is gone'],
  ['rows that a DO block deletes', "DO $$ BEGIN EXECUTE 'DELETE FROM accounts'; END $$", '50 rows became 0'],
])('%s is told', async (_, sql, words) => {
  expect(await changedBy(sql)).toEqual([expect.stringContaining(words)]);
});

test.each([
  ['a rewrite of the table', 'ALTER TABLE accounts SET UNLOGGED; CLUSTER accounts USING accounts_pkey'],
  ['another order of rows', 'UPDATE accounts SET note = note WHERE id % 2 = 0'],
  ['a new table with rows', 'CREATE TABLE more AS SELECT 1 AS n'],
  ['an index', 'CREATE INDEX ON accounts (note)'],
])('%s changes no contents', async (_, sql) => {
  expect(await changedBy(sql)).toEqual([]);
});
