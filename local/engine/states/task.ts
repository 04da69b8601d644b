/** A task: scheduled, its handler called, its outcome journalled before anything uses it. */
import type { TaskState } from '../definition';
import { type Failure, StateFailed } from '../errors';
import { attemptKeyOf, type Frame, nextOf, note, recall, type Visit, write } from '../frame';
import { errorDetails, outputDetails } from '../history';
import type { Answer } from '../waiting-tasks';
import { callFunction } from './lambda';
import { runExecution } from './nested';
import { resourceOf } from './resource';
import type { StateRunner } from './runner';
import { type Scheduled, type ScheduledExecution, scheduleTask } from './schedule';
import type { Settled } from './settled';
import { settledBy, waitForAnswer } from './task-token';

const eventOf: Readonly<Record<Settled['kind'], string>> = {
  succeeded: 'TaskSucceeded',
  failed: 'TaskFailed',
  'timed out': 'TaskTimedOut',
};

const isExecution = (scheduled: Scheduled | ScheduledExecution): scheduled is ScheduledExecution =>
  'StateMachineArn' in scheduled.parameters;

const startedIn = (line: ReturnType<typeof recall>): string | null => {
  const output = line?.event?.details?.['output'];
  return typeof output === 'string' ? (JSON.parse(output) as { readonly ExecutionArn: string }).ExecutionArn : null;
};

const perform = async (
  frame: Frame,
  visit: Visit<TaskState>,
  scheduled: Scheduled | ScheduledExecution,
): Promise<Settled> => {
  const { name, state } = visit;
  const key = attemptKeyOf(visit);
  const submitted = { key: `${key}:submitted`, state: name, type: 'TaskSubmitted' };
  const submission = recall(frame, submitted.key);
  const isDone = submission !== undefined;
  const noteSubmission = (output: unknown) =>
    write(frame, { ...submitted, details: { ...outputDetails(output), ...resourceOf(state) } });
  if (isExecution(scheduled))
    return runExecution(frame, scheduled, {
      executionArn: startedIn(submission),
      note: (executionArn) => noteSubmission({ ExecutionArn: executionArn }),
    });
  const answer = recall<Answer>(frame, `${key}:answer`);
  if (answer) return settledBy(answer.data);
  const { token } = scheduled;
  if (token === null) {
    await frame.run.sync();
    return callFunction(frame.run, scheduled, frame.signal);
  }
  return waitForAnswer(
    frame,
    key,
    { ...scheduled, token },
    {
      isDone,
      note: noteSubmission,
    },
  );
};

type OutcomeData = { readonly failure?: Failure };

/** The outcome that an earlier process journalled, or a new one, which is journalled before it is returned. */
const settle = async (
  frame: Frame,
  visit: Visit<TaskState>,
  scheduled: Scheduled | ScheduledExecution,
): Promise<Settled> => {
  const { name: state } = visit;
  const key = `${attemptKeyOf(visit)}:outcome`;
  const line = recall<OutcomeData>(frame, key);
  if (line?.data.failure) return { kind: 'failed', failure: line.data.failure };
  if (line) return { kind: 'succeeded', output: JSON.parse(String(line.event?.details?.['output'])) as unknown };
  const settled = await perform(frame, visit, scheduled);
  frame.signal.throwIfAborted();
  const succeeded = settled.kind === 'succeeded';
  write<OutcomeData>(frame, {
    key,
    state,
    type: eventOf[settled.kind],
    data: succeeded ? {} : { failure: settled.failure },
    details: {
      ...(succeeded ? outputDetails(settled.output) : errorDetails(settled.failure)),
      ...resourceOf(visit.state),
    },
  });
  await frame.run.sync();
  return settled;
};

export const runTask: StateRunner<TaskState> = async (frame, visit) => {
  const { name, state } = visit;
  const scheduled = await scheduleTask(frame, visit);
  note(frame, {
    key: `${attemptKeyOf(visit)}:started`,
    state: name,
    type: 'TaskStarted',
    details: resourceOf(state),
  });
  const settled = await settle(frame, visit, scheduled);
  if (settled.kind !== 'succeeded') throw new StateFailed(settled.failure);
  return { result: settled.output, leaving: state, location: '', next: nextOf(state) };
};
