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

/** The modes that another session must not hold; documentation, "Conflicting Lock Modes". */
const conflicts: Readonly<Record<LockMode, readonly LockMode[]>> = {
  AccessShareLock: ['AccessExclusiveLock'],
  RowShareLock: ['ExclusiveLock', 'AccessExclusiveLock'],
  RowExclusiveLock: ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'],
  ShareUpdateExclusiveLock: lockModes.slice(3),
  ShareLock: ['RowExclusiveLock', 'ShareUpdateExclusiveLock', ...lockModes.slice(5)],
  ShareRowExclusiveLock: lockModes.slice(2),
  ExclusiveLock: lockModes.slice(1),
  AccessExclusiveLock: lockModes,
};

/** All of them for a mode that PostgreSQL does not have. */
export const conflictsWith = (mode: string): readonly LockMode[] => conflicts[mode as LockMode] ?? lockModes;
