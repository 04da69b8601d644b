/**
 * Errors that the state machine matches by name. Each subclass sets `name` as a literal, because bundlers rename classes;
 * `retry` says whether trying the same thing again can help.
 */
export abstract class ChecklistError extends Error {
  abstract readonly retry: 'never' | 'later';
}

/** The migration itself is not fit to go on: the message names the file, what was found and what to change. */
export class MigrationRefused extends ChecklistError {
  override readonly name = 'MigrationRefused';
  readonly retry = 'never';
}

/** The run's input is unusable; the message lists what is possible. */
export class InvalidInput extends ChecklistError {
  override readonly name = 'InvalidInput';
  readonly retry = 'never';
}

/** It could not be proved that the target is staging. */
export class TargetIsNotStaging extends ChecklistError {
  override readonly name = 'TargetIsNotStaging';
  readonly retry = 'never';
}

/** The target itself cannot be copied and restored, whatever the migration: the message names object, cause and remedy. */
export class TargetCannotBeCopied extends ChecklistError {
  override readonly name = 'TargetCannotBeCopied';
  readonly retry = 'never';
}

/** Another run holds the target's lease; the message says which run, since when. */
export class TargetIsBusy extends ChecklistError {
  override readonly name = 'TargetIsBusy';
  readonly retry = 'never';
}

/** No connection could be made, or the server went away where nothing had been changed. */
export class DatabaseUnreachable extends ChecklistError {
  override readonly name = 'DatabaseUnreachable';
  readonly retry = 'later';
}

/** A lock was not granted within the lock timeout (SQLSTATE 55P03) or a deadlock was broken (40P01); that attempt changed nothing. */
export class LockNotAvailable extends ChecklistError {
  override readonly name = 'LockNotAvailable';
  readonly retry = 'later';
  /** Who held it, in words, the root first; empty where nobody was seen. */
  blockers: readonly string[] = [];
  /** For how long the statements of this attempt, the one that waited and those before it, may have made others wait. */
  stalledMs = 0;
  /** ISO 8601, when the first of them began; empty where the attempt was not measured. */
  beganAt = '';
  lockTimeoutMs = 0;
}

/** A statement of the migration failed; the transaction was rolled back. */
export class StatementFailed extends ChecklistError {
  override readonly name = 'StatementFailed';
  readonly retry = 'never';
  readonly details: { readonly sqlState: string | null; readonly line: number; readonly statement: number };
  constructor(message: string, details: StatementFailed['details'], options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

/** Stored bytes are not the bytes that were pinned. */
export class ChecksumMismatch extends ChecklistError {
  override readonly name = 'ChecksumMismatch';
  readonly retry = 'never';
}

/** In the run's folder lies what no state of the run has left, or a document is not the one that was handed on. */
export class EvidenceUnknown extends ChecklistError {
  override readonly name = 'EvidenceUnknown';
  readonly retry = 'never';
}

/** The connection was lost while the migration was being committed: only the ledger knows. Of an apply never retried; a rollback asks the ledger itself. */
export class OutcomeUnknown extends ChecklistError {
  override readonly name = 'OutcomeUnknown';
  readonly retry = 'never';
}

/** What was proved is not what was expected: a catalog, a backup, a constraint test. The run stops or asks a person. */
export class VerificationFailed extends ChecklistError {
  override readonly name = 'VerificationFailed';
  readonly retry = 'never';
}

/** An approval does not cover what is about to run. */
export class ApprovalInvalid extends ChecklistError {
  override readonly name = 'ApprovalInvalid';
  readonly retry = 'never';
}

/** The task that waited for an answer is gone: it was answered, timed out, or its execution ended. */
export class TaskNoLongerWaiting extends ChecklistError {
  override readonly name = 'TaskNoLongerWaiting';
  readonly retry = 'never';
}

/** Neon or another service around us (mail, Step Functions, the scheduler) refused or failed; the message carries its own words. */
export class PlatformFailed extends ChecklistError {
  override readonly name = 'PlatformFailed';
  readonly retry = 'later';
}

/** The evidence store could not be written or read. */
export class StoreFailed extends ChecklistError {
  override readonly name = 'StoreFailed';
  readonly retry = 'later';
}

/** The rollback that a failed run has asked for is still open: its last document, which says what became of it, is yet to come. */
export class RollbackNotClosed extends ChecklistError {
  override readonly name = 'RollbackNotClosed';
  readonly retry = 'later';
}

/** A rollback gave no answer, and the ledger says that it was not made. */
export class NotRolledBack extends ChecklistError {
  override readonly name = 'NotRolledBack';
  readonly retry = 'never';
}
