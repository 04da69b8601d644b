/** The fields that each type of state may have on this engine, with their checks; every other field is refused by name. */
import { taskResources } from './definition';
import { isRecord } from './expressions';
import {
  anything,
  assignment,
  errorMatchers,
  type FieldCheck,
  fields,
  listOf,
  numberBetween,
  numberTemplate,
  oneOf,
  target,
  template,
  text,
  textTemplate,
} from './load-checks';

// 99999999 s is AWS's longest timeout and wait, a little over three years.
const longestSeconds = 99_999_999;

const errorNames = listOf(text, 1);
const leaving = { Assign: assignment, Output: template };
const onward = { Next: target, End: oneOf(true) };

const guarded = {
  Retry: errorMatchers(
    fields(
      {
        ErrorEquals: errorNames,
        IntervalSeconds: numberBetween(1, longestSeconds),
        BackoffRate: numberBetween(1, 1_000, false),
        // AWS's bound: less than 31622400 s, a leap year.
        MaxDelaySeconds: numberBetween(1, 31_622_399),
        MaxAttempts: numberBetween(0, longestSeconds),
        JitterStrategy: oneOf('NONE', 'FULL'),
        Comment: anything,
      },
      ['ErrorEquals'],
    ),
  ),
  Catch: errorMatchers(
    fields({ ...leaving, ErrorEquals: errorNames, Next: target, Comment: anything }, ['ErrorEquals', 'Next']),
  ),
};

const machine: FieldCheck = (value, report, context) => context.verifyMachine(value, report);

const inlineMachine: FieldCheck = (value, report, context) => {
  if (!isRecord(value)) return machine(value, report, context);
  const { ProcessorConfig, ...rest } = value;
  if (ProcessorConfig !== undefined) fields({ Mode: oneOf('INLINE') }, ['Mode'])(ProcessorConfig, report, context);
  machine(rest, report, context);
};

/** Which of the two a task needs depends on its resource: load.ts looks at both. */
const taskArguments: FieldCheck = (value, report, context) =>
  (isRecord(value) && value['StateMachineArn'] !== undefined
    ? fields({ StateMachineArn: textTemplate, Name: textTemplate, Input: template }, ['StateMachineArn'])
    : fields({ FunctionName: textTemplate, Payload: template }, ['FunctionName']))(value, report, context);

const common = { Type: anything, Comment: anything, QueryLanguage: oneOf('JSONata') };

export type StateFields = {
  readonly known: Readonly<Record<string, FieldCheck>>;
  readonly required: readonly string[];
};

const state = (known: Readonly<Record<string, FieldCheck>>, required: readonly string[] = []): StateFields => ({
  known: { ...common, ...known },
  required,
});

export const stateFields: Readonly<Record<string, StateFields>> = {
  Task: state(
    {
      ...leaving,
      ...onward,
      ...guarded,
      Resource: oneOf(...taskResources),
      Arguments: taskArguments,
      TimeoutSeconds: numberTemplate(1, longestSeconds),
      HeartbeatSeconds: numberTemplate(1, longestSeconds),
    },
    ['Resource', 'Arguments'],
  ),
  Pass: state({ ...leaving, ...onward }),
  Choice: state(
    {
      ...leaving,
      Choices: listOf(
        fields({ ...leaving, Condition: textTemplate, Next: target, Comment: anything }, ['Condition', 'Next']),
        1,
      ),
      Default: target,
    },
    ['Choices'],
  ),
  Wait: state({ ...leaving, ...onward, Seconds: numberTemplate(0, longestSeconds), Timestamp: textTemplate }),
  Parallel: state({ ...leaving, ...onward, ...guarded, Arguments: template, Branches: listOf(machine, 1) }, [
    'Branches',
  ]),
  Map: state(
    {
      ...leaving,
      ...onward,
      ...guarded,
      Items: template,
      ItemProcessor: inlineMachine,
      MaxConcurrency: numberTemplate(0, 10_000),
    },
    ['ItemProcessor'],
  ),
  Succeed: state({ Output: template }),
  Fail: state({ Error: textTemplate, Cause: textTemplate }),
};

/** Fields of the other query language, named so that the message can say why they are refused. */
export const jsonPathFields = new Set([
  ...['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'Result', 'ItemsPath', 'Iterator'],
  ...['SecondsPath', 'TimestampPath', 'TimeoutSecondsPath', 'HeartbeatSecondsPath', 'MaxConcurrencyPath'],
  ...['ErrorPath', 'CausePath'],
]);
