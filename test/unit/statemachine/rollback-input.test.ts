import { parseRollbackInput } from '#statemachine/rollback-input';

test('the file alone is enough', () => {
  expect(parseRollbackInput({ migration: '002_a.sql' })).toEqual({
    migration: '002_a.sql',
    because: null,
    startedBy: null,
    withLater: false,
  });
});

test.each([
  [null, 'the input is null; expected {"migration"'],
  [{}, '"migration" is nothing; expected {"migration"'],
  [{ migration: ' ' }, '"migration" is " "; expected a text'],
  [{ migration: '002', withLater: 'yes' }, '"withLater" is "yes"; expected true or false'],
  [{ migration: '002', startedBy: 'Ada' }, '"startedBy" is "Ada"; expected one mail address'],
  [{ migration: '002', force: true }, 'the input has "force"; known are migration, because, startedBy, withLater'],
])('%j is refused with what was expected', (input, message) => {
  expect(() => parseRollbackInput(input)).toThrow(message);
});
