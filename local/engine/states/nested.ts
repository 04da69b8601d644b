/** The `states:startExecution.sync:2` integration: starts an execution of another workflow and ends as that one ends. */
import { raceWithin } from '../cancellation';
import { ApiError } from '../errors';
import type { ExecutionDescription } from '../execution-record';
import type { Frame } from '../frame';
import type { ScheduledExecution } from './schedule';
import { type Settled, timeOutAt } from './settled';

/** Times as Step Functions writes them there: milliseconds since 1970. */
const membersOf = ({ executionArn, stateMachineArn, name, status, startDate, stopDate }: ExecutionDescription) => ({
  ExecutionArn: executionArn,
  Name: name,
  StateMachineArn: stateMachineArn,
  Status: status,
  StartDate: startDate.getTime(),
  ...(stopDate && { StopDate: stopDate.getTime() }),
});

/** Of the version `:2` input and output are JSON and no text. */
const settledAs = (ended: ExecutionDescription): Settled => {
  const { input, output, error, cause, status } = ended;
  const members = { ...membersOf(ended), Input: input };
  if (status === 'SUCCEEDED') return { kind: 'succeeded', output: { ...members, Output: output } };
  const because = { ...(error !== undefined && { Error: error }), ...(cause !== undefined && { Cause: cause }) };
  return {
    kind: 'failed',
    failure: { error: 'States.TaskFailed', cause: JSON.stringify({ ...members, ...because }) },
  };
};

const refused = (error: unknown): Settled => {
  if (!(error instanceof ApiError)) throw error;
  return { kind: 'failed', failure: { error: `StepFunctions.${error.name}Exception`, cause: error.message } };
};

export type Submission = {
  /** The execution that an earlier process has started; null where none has. */
  readonly executionArn: string | null;
  /** Journals that it is started. */
  readonly note: (executionArn: string) => void;
};

/** Ends with the execution, or at TimeoutSeconds. An execution that is stopped stops the one that it has started. */
export const runExecution = async (
  frame: Frame,
  { parameters, deadlineMs }: ScheduledExecution,
  submission: Submission,
): Promise<Settled> => {
  const { run } = frame;
  const { StateMachineArn, Name, Input } = parameters;
  const start = async () => {
    const name = Name === undefined ? {} : { name: Name };
    const executionArn = await run.nested.start({ ...name, stateMachineArn: StateMachineArn, input: Input });
    submission.note(executionArn);
    await run.sync();
    return executionArn;
  };
  await run.sync();
  try {
    const executionArn = submission.executionArn ?? (await start());
    return await raceWithin(frame.signal, (signal) => [
      run.nested.waitFor(executionArn, signal).then(settledAs),
      ...(deadlineMs === null ? [] : [timeOutAt(run.clock, deadlineMs, signal)]),
    ]);
  } catch (error) {
    return refused(error);
  }
};
