import { firstLine } from '#test/support/review-subject';
import { findingsOf } from './findings';

test.each([
  ['table', 'CREATE TABLE "Wrong" (a int);'],
  ['column', 'CREATE TABLE t ("Wrong" int);'],
  ['constraint', 'CREATE TABLE t (a int CONSTRAINT "Wrong" CHECK (a > 0));'],
  ['constraint', 'ALTER TABLE t ADD CONSTRAINT "Wrong" UNIQUE (a);'],
  ['index', 'CREATE INDEX "Wrong" ON t (a);'],
  ['new name', 'ALTER TABLE t RENAME TO "Wrong";'],
])('the name of a %s is looked at: %s', async (what, sql) => {
  expect(await findingsOf('name-not-snake-case', sql)).toEqual([`${firstLine}: ${what} "Wrong" is not snake_case`]);
  expect(await findingsOf('name-reserved', sql.replace('Wrong', 'user'))).toEqual([
    `${firstLine}: ${what} "user" is a reserved word of PostgreSQL`,
  ]);
});

test('names of 63 bytes are kept whole by PostgreSQL, a longer one is not', async () => {
  const table = (name: string) => `CREATE TABLE\n  ${name} (a int);`;
  const [fits, isLonger] = ['a'.repeat(63), 'a'.repeat(64)];

  expect(await findingsOf('name-too-long', table(fits))).toEqual([]);
  expect(await findingsOf('name-too-long', table(isLonger))).toEqual([
    `${firstLine + 1}: "${isLonger}" has 64 bytes; PostgreSQL would cut it off behind 63`,
  ]);
});

test('bytes are counted, not characters, and the quotes of a name do not count', async () => {
  const [fits, isLonger] = ['ü'.repeat(31), 'ü'.repeat(32)];

  expect(await findingsOf('name-too-long', `CREATE TABLE "${fits}x" (a int);`)).toEqual([]);
  expect(await findingsOf('name-too-long', `CREATE TABLE "${isLonger}" (a int);`)).toEqual([
    `${firstLine}: "${isLonger}" has 64 bytes; PostgreSQL would cut it off behind 63`,
  ]);
});
