import { readableFailure } from '#domain/approvals/failure';

const failure = { state: 'Step 8: Apply migration', error: 'StatementFailed', cause: 'duplicate key' };

test('whoever is asked for a rollback reads what failed, in its own words', () => {
  const cause = JSON.stringify({ errorType: 'StatementFailed', errorMessage: 'duplicate key' });

  expect(readableFailure({ ...failure, cause })).toEqual(failure);
});

test('of half a migration it is said what stands', () => {
  const standing = 'partly applied: unit 1 of 2 is committed';

  expect(readableFailure({ ...failure, standing }).cause).toBe(
    'duplicate key. The migration is partly applied: unit 1 of 2 is committed.',
  );
});
