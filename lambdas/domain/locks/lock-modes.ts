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

/** 1 s: below it a waiting request is slow, above it requests pile up behind the lock. */
export const longestBlockingMs = 1_000;

export type Blocked = (typeof blockedBy)[LockMode];

/** Nobody for a mode that PostgreSQL does not have. */
export const whoWaits = (mode: string): Blocked => blockedBy[mode as LockMode] ?? 'nobody';
