/** A statement that ran, with nothing remarkable about it unless a test says otherwise. */
import type { HeldLock, StatementRun } from '#domain/dry-run/measured';

export const statementRun = (differing: Partial<StatementRun> = {}): StatementRun => ({
  index: 0,
  line: 3,
  summary: 'ALTER TABLE jobs',
  startedAtMs: 0,
  durationMs: 20,
  rowsAffected: null,
  locks: [],
  rewritten: [],
  emptied: [],
  rebuilt: [],
  rowsScanned: 0,
  rowsWritten: 0,
  walBytes: 0,
  sizeChangeBytes: 0,
  notices: [],
  ...differing,
});

export const heldLock = (mode: string, heldMs: number, relation = 'public.jobs', fromMs = 0): HeldLock => ({
  relation,
  mode,
  fromMs,
  heldMs,
});
