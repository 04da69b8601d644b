/** Reads an execution's summary from its journal: the first line and, when it has ended, the last. */
import { ApiError } from './errors';
import type { JournalLine } from './journal';
import { executionArnOf, journalIdOf, stateMachineArnOf } from './names';
import type { ExecutionIdentity } from './run';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** What is kept in memory of every execution. */
export type ExecutionSummary = {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  /** Absent while it runs. */
  readonly stopDate?: Date;
};

export type ExecutionDescription = ExecutionSummary & {
  readonly input: unknown;
  /** When it succeeded. */
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
};

/** Data of the first line. */
export type StartData = { readonly name: string; readonly stateMachineName: string; readonly definition: string };

export const startKey = 'execution:started';
export const endKey = 'execution:ended';

const statusByType: Readonly<Record<string, ExecutionStatus>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionAborted: 'ABORTED',
};

export const isEnd = (line: JournalLine) => line.key === endKey;

export const startDataOf = (first: JournalLine) => first.data as StartData;

export const identityOf = (first: JournalLine): ExecutionIdentity => {
  const { name, stateMachineName } = startDataOf(first);
  if (!first.event)
    throw new ApiError('ExecutionDoesNotExist', `the journal of "${name}" does not begin with its start`);
  return {
    name,
    stateMachineName,
    journalId: journalIdOf(name),
    executionArn: executionArnOf(stateMachineName, name),
    stateMachineArn: stateMachineArnOf(stateMachineName),
    startDate: first.event.timestamp,
    input: JSON.parse(String(first.event.details?.['input'])) as unknown,
  };
};

/** `last` is any line; only that of an end makes the execution an ended one. */
export const summaryOf = (identity: ExecutionIdentity, last: JournalLine): ExecutionSummary => ({
  executionArn: identity.executionArn,
  stateMachineArn: identity.stateMachineArn,
  name: identity.name,
  startDate: new Date(identity.startDate),
  ...(isEnd(last) && last.event
    ? { status: statusByType[last.event.type] ?? 'FAILED', stopDate: new Date(last.event.timestamp) }
    : { status: 'RUNNING' as const }),
});

export const descriptionOf = (first: JournalLine, last: JournalLine): ExecutionDescription => {
  const identity = identityOf(first);
  const { output, error, cause } = ((isEnd(last) && last.event?.details) || {}) as Record<string, string | undefined>;
  return {
    ...summaryOf(identity, last),
    input: identity.input,
    ...(output !== undefined && { output: JSON.parse(output) as unknown }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
};
