import { checklist, namesOf } from '#lambdas/checklist';
import { expectedStates, isWorthARow } from '#local/web/flow';
import { progressOf } from '#local/web/state-progress';
import { loadDefinition } from '#statemachine/load-definition';
import { historyOf } from './fake-site';

const named = (name: string) => ({ name });

test('a state that was entered runs, and when it was left it is done with its duration', () => {
  const history = historyOf(
    [0, 'ExecutionStarted'],
    [10, 'TaskStateEntered', named('Open run')],
    [11, 'TaskScheduled'],
    [30, 'TaskSucceeded'],
    [31, 'TaskStateExited', named('Open run')],
    [32, 'TaskStateEntered', named('Step 4: Environment check')],
  );

  expect(progressOf(history)).toEqual([
    expect.objectContaining({ name: 'Open run', standing: 'done', durationMs: 21, error: null }),
    expect.objectContaining({ name: 'Step 4: Environment check', standing: 'running', durationMs: null }),
  ]);
});

test.each([
  [{ outcome: 'alarm', summary: 'Deadlocks: 2' }, 'alarm', 'Deadlocks: 2'],
  [{ decision: 'rejected', by: 'ada@example.org', reason: 'too late' }, 'rejected', 'ada@example.org: too late'],
  [{ outcome: 'quiet' }, 'done', null],
])('a state that was answered %j is %s', (answer, standing, remark) => {
  const history = historyOf(
    [0, 'TaskStateEntered', named('Step 16: Monitor')],
    [1, 'TaskScheduled'],
    [2, 'TaskSubmitted'],
    [3, 'TaskSucceeded', { output: JSON.stringify(answer) }],
    [4, 'TaskStateExited', named('Step 16: Monitor')],
  );

  expect(progressOf(history)).toMatchObject([{ standing, remark }]);
});

test('a task that was handed over waits until it is answered', () => {
  const asked = historyOf(
    [0, 'TaskStateEntered', named('Approve review')],
    [1, 'TaskScheduled'],
    [2, 'TaskStarted'],
    [3, 'TaskSubmitted'],
  );

  expect(progressOf(asked)).toMatchObject([{ standing: 'waiting', durationMs: null }]);
});

test('events of branches are distinguished by the events they follow', () => {
  const history = historyOf(
    [0, 'ParallelStateEntered', named('Review')],
    [1, 'ParallelStateStarted'],
    [2, 'TaskStateEntered', named('Step 1: Code review'), 2],
    [3, 'TaskStateEntered', named('Step 2: Schema validation'), 2],
    [4, 'TaskScheduled', undefined, 3],
    [5, 'TaskScheduled', undefined, 4],
    [6, 'TaskFailed', { error: 'MigrationRefused' }, 5],
    [7, 'TaskStateAborted', undefined, 6],
    [8, 'ParallelStateExited', named('Review'), 2],
  );

  expect(progressOf(history)).toMatchObject([
    { name: 'Review', standing: 'done' },
    { name: 'Step 1: Code review', standing: 'failed', error: 'MigrationRefused', durationMs: 4 },
    {
      name: 'Step 2: Schema validation',
      standing: 'stopped',
      durationMs: 4,
      remark: 'because Step 1: Code review failed beside it',
    },
  ]);
});

test('a failure that is tried again is no failure, and the tries are counted', () => {
  const history = historyOf(
    [0, 'TaskStateEntered', named('Step 8: Apply migration')],
    [1, 'TaskScheduled'],
    [2, 'TaskFailed', { error: 'LockNotAvailable' }],
    [3, 'TaskScheduled'],
    [4, 'TaskSucceeded'],
    [5, 'TaskStateExited', named('Step 8: Apply migration')],
  );

  expect(progressOf(history)).toMatchObject([{ standing: 'done', retries: 1, error: null, durationMs: 5 }]);
});

test('a failure that was caught stays a failure', () => {
  const history = historyOf(
    [0, 'TaskStateEntered', named('Step 9: Verify schema')],
    [1, 'TaskScheduled'],
    [2, 'TaskTimedOut', { error: 'States.Timeout' }],
    [3, 'TaskStateExited', named('Step 9: Verify schema')],
  );

  expect(progressOf(history)).toMatchObject([{ standing: 'failed', error: 'States.Timeout', durationMs: 3 }]);
});

test('what was under way when the execution ended was stopped', () => {
  const history = historyOf([0, 'TaskStateEntered', named('Approve apply')], [50, 'ExecutionAborted']);

  expect(progressOf(history)).toMatchObject([{ standing: 'stopped', durationMs: 50 }]);
});

test('a state that is entered a second time shows its second stay', () => {
  const history = historyOf(
    [0, 'TaskStateEntered', named('Approve review')],
    [1, 'TaskScheduled'],
    [2, 'TaskFailed', { error: 'States.Timeout' }],
    [3, 'TaskStateExited', named('Approve review')],
    [4, 'TaskStateEntered', named('Approve review')],
  );

  expect(progressOf(history)).toMatchObject([{ standing: 'running', error: null }]);
});

const statesIn = (machine: unknown): string[] =>
  Object.entries((machine as { States: Record<string, { Branches?: unknown[] }> }).States).flatMap(([name, state]) => [
    name,
    ...(state.Branches ?? []).flatMap(statesIn),
  ]);

test('the page lists each of the 16 steps once, and no state that the workflow does not have', () => {
  const steps = checklist.map((step) => namesOf(step).stateName);

  expect(expectedStates.filter((name) => name.startsWith('Step '))).toHaveLength(16);
  expect(new Set(expectedStates)).toEqual(new Set([...expectedStates, ...steps]));
  expect(statesIn(loadDefinition('migration-checklist'))).toEqual(expect.arrayContaining([...expectedStates]));
});

test('every state of the workflow that invokes a function can have a row, and no other can', () => {
  const states = statesIn(loadDefinition('migration-checklist'));

  expect(states.filter((name) => !isWorthARow(name)).sort()).toEqual([
    'Another attempt approved?',
    'Apply approved?',
    'Is a part of it committed?',
    'May it be asked again?',
    'Prepare',
    'Review',
    'Review approved?',
    'Run failed',
    'Validate',
    'Was it committed?',
    'Was it quiet?',
    'Was it reported?',
  ]);
});
