import { takesTwoPeople, unsavedIn, withoutDumpOfNow } from '#domain/boxes/unsaved';
import { document } from '#test/support/documents';

const restorePoint = {
  ...{ name: 'restore-point-run-1', branchId: 'br-1', expiresAt: '2026-12-07', parentLsn: null },
  isRestorable: true,
};
const notKept = { ...restorePoint, isRestorable: false };
const rehearsed = document('rehearse-rollback', {});
const stepFive = (facts: object, error: { name: string; message: string } | null = null) =>
  document('05-backup-database', { facts: facts as never, error });

test('a lock with a restore point takes whom it always takes; everything else, and nothing saved, takes two', () => {
  const lock = { because: 'blocked by process 7' };
  const disk = { because: 'no space left on device', error: 'StoreFailed' };

  expect(takesTwoPeople({ notBackedUp: lock, restorePoint })).toBe(false);
  expect(takesTwoPeople({ notBackedUp: { ...lock, error: 'LockNotAvailable' }, restorePoint })).toBe(false);
  expect(takesTwoPeople({ notBackedUp: lock, restorePoint: notKept })).toBe(true);
  expect(takesTwoPeople({ notBackedUp: lock })).toBe(true);
  expect(takesTwoPeople({ notBackedUp: disk, restorePoint })).toBe(true);
});

test('what there is to go back to is told with its reason, and what to do first by what it failed of', () => {
  const disk = { because: 'no space left on device', error: 'StoreFailed' };
  const failed = { ...notKept, because: 'HTTP 500' };
  const dump = {
    uri: 's3://b/backups/r/manifest.json',
    command: 'npm run restore -- r --into DATABASE_URL --bucket b',
  };

  expect(withoutDumpOfNow({ notBackedUp: { because: 'process 7' }, restorePoint })).toMatch(
    /^What there is to go back to: restore point restore-point-run-1 .* To have a dump first, end the session/,
  );
  expect(withoutDumpOfNow({ notBackedUp: disk, restorePoint: failed })).toBe(
    'There is nothing to go back to: no restore point could be made: HTTP 500. Two people have to approve it. To have a dump first, mend what it failed of, reject this, and ask for the rollback again.',
  );
  expect(withoutDumpOfNow({ notBackedUp: disk })).toContain('nothing to go back to: no restore point was made');
  expect(withoutDumpOfNow({ notBackedUp: { ...disk, dump }, restorePoint })).toContain(
    `The dump ${dump.uri} was written, and nobody knows whether it comes back; to try it on an empty database: ${dump.command}.`,
  );
});

test('a rollback is unsaved where Step 5 says so, where it failed, and where it was cut off before it said anything', () => {
  const notBackedUp = { because: 'no space left on device', error: 'StoreFailed' };
  const cutOff = document('find-blockers', {
    facts: { backupFailure: { because: 'timed out', error: 'States.Timeout' } },
  });

  expect(unsavedIn([rehearsed, stepFive({ backup: {}, restorePoint })])).toBeNull();
  expect(unsavedIn([rehearsed, stepFive({ notBackedUp, restorePoint })])).toEqual({ notBackedUp, restorePoint });
  expect(unsavedIn([rehearsed, stepFive({}, { name: 'TypeError', message: 'x is not a function' })])).toEqual({
    notBackedUp: { because: 'x is not a function', error: 'TypeError' },
  });
  expect(unsavedIn([rehearsed, cutOff])?.notBackedUp).toEqual({ because: 'timed out', error: 'States.Timeout' });
  expect(unsavedIn([rehearsed])?.notBackedUp.because).toMatch(/^Step 5 was cut off/);
  expect(unsavedIn([document('04-environment-check', {})])).toBeNull();
});
