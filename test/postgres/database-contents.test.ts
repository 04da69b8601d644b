import { dataLossBetween, lossInWords } from '#domain/tables/data-loss';
import { contentsDifference } from '#domain/tables/difference';
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
  ['an update of one value', "UPDATE accounts SET note = 'x' WHERE id = 7", 'values among its 50 rows changed'],
  ['a delete', 'DELETE FROM accounts WHERE id <= 10', '50 rows became 40'],
  ['a truncate', 'TRUNCATE accounts', '50 rows became 0'],
  [
    'a column that was dropped and added again',
    'ALTER TABLE accounts DROP COLUMN note; ALTER TABLE accounts ADD COLUMN note text',
    'values among its 50 rows changed',
  ],
  [
    'a type that loses fractions',
    'UPDATE accounts SET balance = 1.5 WHERE id = 1; ALTER TABLE accounts ALTER balance TYPE bigint',
    'values among its 50 rows changed',
  ],
  ['a column that came', 'ALTER TABLE accounts ADD COLUMN nick text', 'public.accounts: column nick added'],
  [
    'another name, and values that became null',
    'ALTER TABLE accounts RENAME TO clients; UPDATE clients SET note = NULL WHERE id <= 5',
    'public.accounts: is now named public.clients, values among its 50 rows changed',
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

const lostBy = (sql: string) =>
  withTarget(setUp, async ({ database, query }) => {
    const before = await database.readTableContents(target);
    await query(sql);
    return lossInWords(dataLossBetween(before, await database.readTableContents(target)));
  });

test.each([
  ['DROP TABLE accounts', 'table public.accounts with 50 rows is gone'],
  ['TRUNCATE accounts', '50 of 50 rows of public.accounts are gone'],
  [
    'DELETE FROM accounts WHERE id <= 10',
    '10 of 50 rows of public.accounts are gone; the values of public.accounts cannot be compared: it has 10 fewer rows',
  ],
  [
    'UPDATE accounts SET note = NULL WHERE id <= 20; DELETE FROM accounts WHERE id > 48',
    '2 of 50 rows of public.accounts are gone; at least 20 values of public.accounts.note became null; the values of public.accounts cannot be compared: it has 2 fewer rows',
  ],
  ['ALTER TABLE accounts DROP COLUMN note', 'column public.accounts.note with 50 values is gone'],
  ['UPDATE accounts SET note = NULL WHERE id <= 10', '10 values of public.accounts.note became null'],
  [
    'ALTER TABLE accounts ALTER note TYPE varchar(6) USING left(note, 6)',
    'up to 50 values of public.accounts.note changed',
  ],
  ['ALTER TABLE accounts ALTER note TYPE varchar(60)', 'nothing lost'],
  ['ALTER TABLE accounts ALTER id TYPE bigint', 'nothing lost'],
  ['ALTER TABLE accounts RENAME COLUMN note TO remark; ALTER TABLE accounts RENAME TO clients', 'nothing lost'],
  [
    'ALTER TABLE accounts RENAME TO clients; UPDATE clients SET note = NULL WHERE id <= 5',
    '5 values of public.accounts.note became null',
  ],
  [
    'ALTER TABLE accounts RENAME COLUMN note TO remark; UPDATE accounts SET remark = NULL WHERE id <= 5',
    '5 values of public.accounts.note became null',
  ],
  ['ALTER SCHEMA public RENAME TO shop', 'nothing lost'],
  [
    'CREATE TABLE clients AS SELECT note, balance, id FROM accounts; DROP TABLE accounts; ALTER TABLE clients RENAME TO accounts',
    'nothing lost',
  ],
  ['ALTER TABLE accounts ADD COLUMN more int', 'nothing lost'],
  ['INSERT INTO accounts VALUES (51)', 'the values of public.accounts cannot be compared: it has 1 more row'],
])('what is lost by %s is counted', async (sql, words) => {
  expect(await lostBy(sql)).toBe(words);
});
