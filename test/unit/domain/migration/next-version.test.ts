import { nextVersion } from '#domain/migration/next-version';

const at = '2026-11-30T15:45:09.123Z';

test.each([
  [[], '001'],
  [['001', '003', '002'], '004'],
  // The ledger may have what the folder does not have, in other digits.
  [['9', '010'], '011'],
  [['999'], '1000'],
  [['20261101000000'], '20261130154509'],
  // A moment that lies ahead is used all the same.
  [['20270101000000'], '20270101000001'],
  [['20261101', '20261102'], '20261103'],
  [['1.2', 'named'], '001'],
])('after %j comes %s', (used, next) => {
  expect(nextVersion(used, at)).toBe(next);
});
