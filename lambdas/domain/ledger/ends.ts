/** What a run that ended without its sign-off has left of its version. */
import type { LedgerState } from './states';

type Rollback =
  | 'rolled back'
  | 'rolled back and differs'
  | 'failed'
  | 'not approved'
  | 'not answered'
  | 'not asked'
  | 'not known';

/** Null where the rollback itself has recorded it. What is not applied is not recorded as standing, whatever is said here. */
const afterRollback: Readonly<Record<Rollback, LedgerState | null>> = {
  'rolled back': null,
  'rolled back and differs': 'rolled back, and differs',
  failed: 'stands after a failed rollback',
  'not approved': 'stands by decision',
  'not answered': 'stands by decision',
  'not asked': 'stands without a sign-off',
  // The ledger's own row says more than this run knows.
  'not known': null,
};

/** Of a rollback that was asked for: a version that nobody began to take back stays what it was. */
export const endOfRollback = (rollback: Rollback | null): LedgerState | null =>
  rollback === 'failed' || rollback === 'rolled back and differs' ? afterRollback[rollback] : null;

/** Null where nothing is to be recorded. `rollback` is null where none was asked for. */
export const endOf = ({
  isCommitted,
  rollback,
}: {
  readonly isCommitted: boolean;
  readonly rollback: Rollback | null;
}): LedgerState | null => {
  if (rollback !== null) return afterRollback[rollback];
  return isCommitted ? 'stands without a sign-off' : null;
};
