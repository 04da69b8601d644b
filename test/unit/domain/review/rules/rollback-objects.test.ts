import { firstLine } from '#test/support/review-subject';
import { findingsOf } from './findings';

// -- ROLLBACK stands behind the statement and an empty line.
const inRollback = firstLine + 3;

test.each([
  ['constraint public.a.c', 'ALTER TABLE a DROP CONSTRAINT c;'],
  ['column public.a.b', 'ALTER TABLE a DROP COLUMN b;'],
  ['trigger public.a.t', 'DROP TRIGGER t ON a;'],
])('the rollback may drop a %s of a table that the migration makes, and of no other', async (what, rollback) => {
  expect(await findingsOf('rollback-drops-other-object', 'CREATE TABLE a (id int);', rollback)).toEqual([]);
  expect(await findingsOf('rollback-drops-other-object', 'CREATE TABLE other (id int);', rollback)).toEqual([
    `${inRollback}: the rollback drops ${what}, which this migration does not create`,
  ]);
});

test('an index of a new table that the migration does not make is somebody else’s', async () => {
  expect(await findingsOf('rollback-drops-other-object', 'CREATE TABLE a (id int);', 'DROP INDEX a_idx;')).toEqual([
    `${inRollback}: the rollback drops index public.a_idx, which this migration does not create`,
  ]);
});
