/** PostgreSQL's table locks, weakest first (documentation, "Table-level Locks"; the numbers of LOCK TABLE in the syntax tree). */
export const lockModes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export type LockMode = (typeof lockModes)[number];

/** Who waits while the lock is held: readers are SELECT, writers are INSERT, UPDATE and DELETE. */
export const blockedBy: Readonly<Record<LockMode, 'nobody' | 'writers' | 'readers and writers'>> = {
  AccessShareLock: 'nobody',
  RowShareLock: 'nobody',
  RowExclusiveLock: 'nobody',
  ShareUpdateExclusiveLock: 'nobody',
  ShareLock: 'writers',
  ShareRowExclusiveLock: 'writers',
  ExclusiveLock: 'writers',
  AccessExclusiveLock: 'readers and writers',
};
