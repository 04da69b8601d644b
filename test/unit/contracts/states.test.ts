/** Every state of the workflow file against what it is meant to do, in both directions. */
import { callsAgain } from '#lambdas/rollback/rehearse-rollback';
import { callsAgain as backsUpAgain } from '#lambdas/steps/05-backup-database';
import { loadDefinition, workflowNames } from '#statemachine/load-definition';
import { expectedHandOvers } from './hand-overs';
import { rollbackFlows, rollbackHandOvers } from './rollback-states';
import { expectedFlows, type Flow, firstState } from './states';

type States = Readonly<Record<string, State>>;
type Branch = { readonly StartAt: string; readonly States: States } & Readonly<Record<string, unknown>>;
type State = {
  readonly Type: string;
  /** Those of an execution where the state starts one. */
  readonly Arguments?: { readonly FunctionName?: string; readonly Payload?: object } & Readonly<
    Record<string, unknown>
  >;
  readonly Assign?: object;
  readonly Output?: unknown;
  readonly Branches?: readonly Branch[];
} & Readonly<Record<string, unknown>>;

const statesIn = (states: States): readonly (readonly [string, State])[] =>
  Object.entries(states).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.Branches ?? []).flatMap((branch) => statesIn(branch.States)),
  ]);

const workflows = [
  { name: workflowNames[0], flows: expectedFlows, handOvers: expectedHandOvers, first: firstState },
  { name: workflowNames[1], flows: rollbackFlows, handOvers: rollbackHandOvers, first: 'Open rollback' },
].map((expected) => {
  const { States, ...definition } = loadDefinition(expected.name) as { States: States };
  return { ...expected, definition, states: statesIn(States) };
});

const states = workflows.flatMap((one) => one.states);
const namesOf = (rows: readonly (readonly [string, unknown])[]) => rows.map(([name]) => name).sort();

const stateNamed = (of: readonly (readonly [string, State])[], wanted: string) =>
  of.find(([name]) => name === wanted)?.[1];

const namesIn = ({ StartAt, States, ...more }: Branch) => {
  expect(more).toEqual({});
  return [StartAt, ...Object.keys(States).filter((name) => name !== StartAt)];
};

/** Everything of a state but what travels through it: a field that nobody meant is seen too. */
const flowOf = ({ Arguments, Assign, Output, Branches, ...flow }: State): Flow => ({
  ...(flow.Type === 'Task' || flow.Type === 'Parallel' ? { Retry: [], Catch: [] } : {}),
  ...(Arguments?.FunctionName && { FunctionName: Arguments.FunctionName }),
  ...(Branches && { Branches: Branches.map(namesIn) }),
  ...flow,
});

const handOverOf = ({ Arguments, Assign, Output }: State) => ({
  ...(Arguments && { takes: Arguments.FunctionName ? Arguments.Payload : Arguments }),
  ...(Assign && { keeps: Assign }),
  ...(Output !== undefined && { gives: Output }),
});

test('each workflow file has its expected states', () => {
  expect(workflows.map(({ name }) => name)).toEqual(workflowNames);
});

describe.each(workflows)('$name', ({ states: own, flows, handOvers, definition, first }) => {
  test('it has the states that it is meant to have, each once, and no other', () => {
    expect(namesOf(own)).toEqual(namesOf(flows));
    expect(definition).toEqual({ Comment: expect.any(String), QueryLanguage: 'JSONata', StartAt: first });
  });

  test.each(flows)('%s calls, retries, catches and goes on as it is meant to', (name, expected) => {
    const state = stateNamed(own, name);

    expect(state && flowOf(state)).toStrictEqual(expected);
  });

  test('no state takes, keeps or gives anything that it is not meant to', () => {
    const travelling = own.filter(([, state]) => Object.keys(handOverOf(state)).length > 0);

    expect(namesOf(travelling)).toEqual(Object.keys(handOvers).sort());
  });

  test.each(Object.entries(handOvers))('%s takes, keeps and gives what it is meant to', (name, expected) => {
    const state = stateNamed(own, name);

    expect(state && handOverOf(state)).toStrictEqual(expected);
    const { FunctionName, Payload: _, ...more } = state?.Arguments ?? {};
    if (FunctionName) expect(more).toEqual({});
  });
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html: over in a moment, to be retried. */
const transientOfLambda = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
/**
 * The same page: a function that ran out of memory or time; of its time also under the name that
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html gives.
 */
const otherOfLambda = ['Lambda.Unknown', 'Sandbox.Timedout'];
/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html, of Task, Parallel and Choice with JSONata. */
const ofStepFunctions = [
  'States.ALL',
  'States.BranchFailed',
  'States.DataLimitExceeded',
  'States.HeartbeatTimeout',
  'States.NoChoiceMatched',
  'States.Permissions',
  'States.QueryEvaluationError',
  'States.TaskFailed',
  'States.Timeout',
];

type Matcher = { readonly ErrorEquals: readonly string[] };

const matchersIn = (field: 'Retry' | 'Catch') =>
  states.flatMap(([, state]) => (state[field] ?? []) as readonly Matcher[]).map(({ ErrorEquals }) => ErrorEquals);

test('every error of AWS that the workflow names is one that Lambda or Step Functions raises', () => {
  const named = [...matchersIn('Retry'), ...matchersIn('Catch')].flat().filter((name) => name.includes('.'));

  expect(named.length).toBeGreaterThan(0);
  const raised = [...transientOfLambda, ...otherOfLambda, ...ofStepFunctions];
  expect(named.filter((name) => !raised.includes(name))).toEqual([]);
});

test('whatever is tried again after one passing error of Lambda is tried again after every one', () => {
  const passing = matchersIn('Retry')
    .map((errors) => errors.filter((name) => name.startsWith('Lambda.') && !otherOfLambda.includes(name)))
    .filter((errors) => errors.length > 0);

  expect(passing.length).toBeGreaterThan(0);
  for (const errors of passing) expect([...errors].sort()).toEqual([...transientOfLambda].sort());
});

test('the backup of a rollback goes on without a dump only where the workflow would not call it again', () => {
  const backups = states.filter(([name]) => name === 'Step 5: Back up database').map(([, state]) => state);
  const ofRollback = backups.filter((state) => JSON.stringify(state).includes('RetryCount'));
  const retries = (ofRollback[0]?.['Retry'] ?? []) as readonly {
    ErrorEquals: readonly string[];
    MaxAttempts: number;
  }[];

  expect(ofRollback).toHaveLength(1);
  expect(Object.keys(backsUpAgain)).toHaveLength(4);
  for (const [error, attempts] of Object.entries(backsUpAgain))
    expect([error, retries.find(({ ErrorEquals }) => ErrorEquals.includes(error))?.MaxAttempts]).toEqual([
      error,
      attempts,
    ]);
});

test('the rehearsal of a rollback goes on without a branch only where the workflow would not call it again', () => {
  const [, rehearse] = states.find(([name]) => name === 'Rehearse on now') ?? [];
  const retries = (rehearse?.['Retry'] ?? []) as readonly { ErrorEquals: readonly string[]; MaxAttempts: number }[];
  const attemptsFor = (error: string) => retries.find(({ ErrorEquals }) => ErrorEquals.includes(error))?.MaxAttempts;

  expect(Object.keys(callsAgain)).toHaveLength(4);
  for (const [error, attempts] of Object.entries(callsAgain))
    expect([error, attemptsFor(error)]).toEqual([error, attempts]);
});
