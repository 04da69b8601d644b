import { firstLine } from '#test/support/review-subject';
import { findingsOf } from './findings';

// The value stands on the third line of the statement, behind others and on the second line of its own string.
const statement = (value: string) =>
  `INSERT INTO settings (name, value)\nVALUES ('first', 'nothing'), ('a second', 'begins\n  ${value} and ends');`;

test.each([
  ['hard-coded-host', 'db.example.com', 'the host db.example.com'],
  ['hard-coded-host', '10.0.0.1', 'the host 10.0.0.1'],
  ['hard-coded-email', 'ada@example.org', 'the mail address ada@example.org'],
  ['hard-coded-id', '0b6c3a5e-1111-4222-8333-444455556666', 'the id 0b6c3a5e-1111-4222-8333-444455556666'],
  ['hard-coded-password', 'password=hunter2', 'a password is written'],
])('%s is found on the line on which %s stands', async (id, value, words) => {
  const found = await findingsOf(id, statement(value));

  expect(found).toEqual([expect.stringContaining(`${firstLine + 2}: ${words}`)]);
});

test.each([
  ['UPDATE orders SET note = NULL WHERE id = 7;', ['the id id = 7']],
  ['UPDATE orders SET note = NULL WHERE customer_id > 7;', ['the id customer_id = 7']],
  ['UPDATE orders SET note = NULL WHERE id % 2 = 0;', []],
  ['INSERT INTO archive SELECT id + 1000 FROM orders;', []],
])('a row is addressed where an id is compared, not where it is counted with: %s', async (sql, words) => {
  expect(await findingsOf('hard-coded-id', sql)).toEqual(words.map((one) => expect.stringContaining(one)));
});
