/** What a run that ended without its sign-off has left of its version. */
import type { LedgerState } from './states';

/**
 * Without a rollback: a person rejected it, nobody answered in time, or nobody could be asked. Runs of version 0.3.0 and before
 * have `not approved` for all three.
 */
export type RollbackOutcome =
  | 'rolled back'
  | 'rolled back and differs'
  | 'failed'
  | 'not approved'
  | 'not answered'
  | 'not asked'
  /** Its execution was stopped before anything was rolled back. */
  | 'stopped'
  /** It was asked for, and what became of it could not be found out. */
  | 'not known';

/** Null where the rollback itself has recorded it. What is not applied is not recorded as standing, whatever is said here. */
const afterRollback = {
  'rolled back': null,
  'rolled back and differs': 'rolled back, and differs',
  failed: 'stands after a failed rollback',
  'not approved': 'stands by decision',
  'not answered': 'stands by decision',
  'not asked': 'stands without a sign-off',
  stopped: 'stands without a sign-off',
  // The ledger's own row says more than this run knows.
  'not known': null,
} as const satisfies Readonly<Record<RollbackOutcome, LedgerState | null>>;

/**
 * Of a rollback that was asked for: a version that nobody began to take back stays what it was. Where nobody knows, both that can be: the
 * ledger takes the one that its own row allows.
 */
export const endsOfRollback = (rollback: RollbackOutcome | null): readonly LedgerState[] => {
  if (rollback === 'failed' || rollback === 'rolled back and differs') return [afterRollback[rollback]];
  return rollback === 'not known' ? ['stands after a failed rollback', 'rolled back, and differs'] : [];
};

/** Null where nothing is to be recorded. `rollback` is null where none was asked for. */
export const endOf = ({
  isCommitted,
  rollback,
}: {
  readonly isCommitted: boolean;
  readonly rollback: RollbackOutcome | null;
}): LedgerState | null => {
  if (rollback !== null) return afterRollback[rollback];
  return isCommitted ? 'stands without a sign-off' : null;
};
