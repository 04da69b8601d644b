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

test('who did not try again stands first', () => {
  const standing = 'partly applied: unit 1 of 3 is committed';
  const again = { outcome: 'given up', by: 'ada@example.org', reason: 'not today' } as const;

  expect(readableFailure({ ...failure, standing, again }).cause).toBe(
    `ada@example.org gave it up: not today. ${failure.cause}. The migration is ${standing}.`,
  );
});
