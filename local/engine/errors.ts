/** The engine's errors: why a state failed, what the API refuses, and the two ways in which work is cancelled. */

/** Why a state failed: what Retry and Catch match, and what an execution ends with. */
export type Failure = {
  /** Absent when a person or a Fail state named none. */
  readonly error?: string;
  readonly cause?: string;
  /** Set when a heartbeat is overdue: AWS reports States.Timeout, but a Retry or Catch of States.HeartbeatTimeout matches too. */
  readonly isHeartbeat?: true;
  /** Set while the failure is the interpreter's own, so that the state is named in its cause exactly once. */
  readonly isInterpreters?: true;
  /** The field whose JSONata failed. */
  readonly location?: string;
};

export class StateFailed extends Error {
  override readonly name = 'StateFailed';
  readonly failure: Failure;
  /** The innermost state that failed; null where none has been left yet. */
  readonly state: string | null;
  constructor(failure: Failure, state: string | null = null) {
    super(`${failure.error ?? 'no error name'}: ${failure.cause ?? 'no cause'}`);
    this.failure = failure;
    this.state = state;
  }
}

/** A failure that the interpreter itself raises, with AWS's name for it. */
export const interpreterFailure = (
  error: 'States.Runtime' | 'States.QueryEvaluationError' | 'States.DataLimitExceeded',
  cause: string,
  location?: string,
) => new StateFailed({ error, cause, isInterpreters: true, ...(location !== undefined && { location }) });

/** Another branch failed, so this one is stopped. */
export class BranchCancelled extends Error {
  override readonly name = 'BranchCancelled';
  constructor(failed: string | null) {
    super(`stopped, because ${failed ?? 'another branch'} failed beside it`);
  }
}

/** The execution was stopped or the engine closed: the engine does and writes nothing more for it. */
export class RunSuspended extends Error {
  override readonly name = 'RunSuspended';
}

/** The work is over; whatever still runs for it is cancelled. */
export class WorkIsOver extends Error {
  override readonly name = 'WorkIsOver';
}

export type ApiErrorName =
  | 'ExecutionAlreadyExists'
  | 'ExecutionDoesNotExist'
  | 'InvalidArn'
  | 'InvalidDefinition'
  | 'InvalidExecutionInput'
  | 'InvalidName'
  | 'InvalidOutput'
  | 'InvalidToken'
  | 'SerializationException'
  | 'StateMachineDoesNotExist'
  | 'TaskDoesNotExist'
  | 'TaskTimedOut'
  | 'UnknownOperationException'
  | 'ValidationException';

/** A refusal of the Step Functions API; `name` is AWS's name of the error. */
export class ApiError extends Error {
  override readonly name: ApiErrorName;
  constructor(name: ApiErrorName, message: string) {
    super(message);
    this.name = name;
  }
}
