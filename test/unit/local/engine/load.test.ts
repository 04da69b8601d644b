import { loadMachine } from '#local/engine/load';
import { workflowsHere } from '#local/workflows';
import { ask, invoke, machine } from './support';

const refusalOf = (definition: Record<string, unknown>) => {
  try {
    loadMachine(definition, 'Test');
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

const one = (state: unknown) => refusalOf(machine({ A: state, B: { Type: 'Succeed' } }));

test('the real workflow files are accepted', () => {
  const { others, ...first } = workflowsHere();

  expect([first, ...others].map(({ definition }) => refusalOf(definition))).toEqual(['accepted', 'accepted']);
});

test('what starts an execution names its workflow, and what calls a function does not', () => {
  const starts = { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', Next: 'B' };

  expect(one({ ...starts, Arguments: { StateMachineArn: 'a', Input: {} } })).toBe('accepted');
  expect(one({ ...starts, Arguments: { FunctionName: 'a' } })).toContain('name no StateMachineArn');
  expect(one({ ...invoke('f', { Next: 'B' }), Arguments: { StateMachineArn: 'a' } })).toContain(
    'calls a function, and its "Arguments" name a StateMachineArn',
  );
});

test('a refusal names everything at once, each with its state', () => {
  const refusal = refusalOf(
    machine({
      A: { Type: 'Pass', ResultPath: '$.a', Next: 'Nowhere' },
      B: { Type: 'Teleport' },
      C: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'D', States: { D: { Type: 'Pass', Colour: 'red', End: true } } }],
        End: true,
      },
    }),
  );

  expect(refusal.split('\n')).toEqual([
    'the local engine cannot run the workflow "Test":',
    '  state "A": field "ResultPath" belongs to JSONPath; only JSONata is supported',
    '  state "A": field "Next" is "Nowhere"; expected the name of a state in the same machine',
    expect.stringMatching(/^ {2}state "B": type "Teleport" is not supported; known: Task, /),
    '  state "D": field "Colour" is not supported for Pass',
  ]);
});

test.each([
  [
    'a resource that is not lambda',
    { ...invoke('f'), Resource: 'arn:aws:states:::sqs:sendMessage', End: true },
    'field "Resource" is "arn:aws:states:::sqs:sendMessage"; supported: "arn:aws:states:::lambda:invoke"',
  ],
  [
    'a state in JSONPath',
    { Type: 'Pass', QueryLanguage: 'JSONPath', End: true },
    'field "QueryLanguage" is "JSONPath"; supported: "JSONata"',
  ],
  [
    'a JSONPath key',
    { Type: 'Pass', Output: { 'a.$': '$.b' }, End: true },
    'field "Output" has the key "a.$", which is JSONPath',
  ],
  ['an intrinsic', { Type: 'Pass', Output: "States.Format('{}', 1)", End: true }, 'field "Output" uses the intrinsic'],
  [
    'what is no JSONata',
    { Type: 'Pass', Output: '{% 1 + %}', End: true },
    'field "Output" cannot be evaluated: \'1 +\' is not JSONata',
  ],
  ['a function of Step Functions', { Type: 'Pass', Output: '{% $uuid() %}', End: true }, 'the JSONata function $uuid'],
  ['$eval', { Type: 'Pass', Assign: { a: '{% $eval("1") %}' }, End: true }, 'the JSONata function $eval'],
  ['a variable named states', { Type: 'Pass', Assign: { states: 1 }, End: true }, 'names the variable "states"'],
  ['both Next and End', { Type: 'Pass', Next: 'B', End: true }, 'has both "Next" and "End"'],
  ['no way on', { Type: 'Pass' }, 'has neither "Next" nor "End"'],
  [
    'a task without arguments',
    { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true },
    'field "Arguments" is missing',
  ],
  [
    'a lambda argument that is not built',
    { ...invoke('f'), Arguments: { FunctionName: 'f', Qualifier: '1' }, End: true },
    'field "Arguments" has "Qualifier", which is not supported',
  ],
  [
    'a token that is never passed on',
    { ...ask('f'), Arguments: { FunctionName: 'f', Payload: {} }, End: true },
    'waits for a task token that its "Arguments" never pass on',
  ],
  ['a heartbeat nobody can send', invoke('f', { HeartbeatSeconds: 5, End: true }), 'nothing can send a heartbeat'],
  [
    'a heartbeat above the timeout',
    ask('f', { HeartbeatSeconds: 9, TimeoutSeconds: 9, End: true }),
    'HeartbeatSeconds 9, which must be below TimeoutSeconds 9',
  ],
  [
    'a timeout of nothing',
    invoke('f', { TimeoutSeconds: 0, End: true }),
    'field "TimeoutSeconds" is 0; expected a whole number from 1',
  ],
  [
    'States.ALL beside others',
    invoke('f', { Catch: [{ ErrorEquals: ['X', 'States.ALL'], Next: 'B' }], End: true }),
    'field "Catch" [0] has States.ALL beside other names',
  ],
  [
    'States.ALL before others',
    invoke('f', { Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }], End: true }),
    'field "Retry" [0] has States.ALL before others',
  ],
  [
    'a jitter that is unknown',
    invoke('f', { Retry: [{ ErrorEquals: ['X'], JitterStrategy: 'SOME' }], End: true }),
    'field "Retry" [0] > "JitterStrategy" is "SOME"; supported: "NONE", "FULL"',
  ],
  [
    'a choice without a condition',
    { Type: 'Choice', Choices: [{ Next: 'B' }] },
    'field "Choices" [0] lacks "Condition"',
  ],
  [
    'a rule of JSONPath',
    { Type: 'Choice', Choices: [{ Variable: '$.a', Next: 'B' }] },
    'field "Choices" [0] has "Variable", which is not supported',
  ],
  [
    'Wait for both',
    { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true },
    'needs either "Seconds" or "Timestamp"',
  ],
  [
    'a distributed Map',
    {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'P', States: { P: { Type: 'Succeed' } } },
      End: true,
    },
    'field "ItemProcessor" > "Mode" is "DISTRIBUTED"',
  ],
  [
    'an item selector',
    { Type: 'Map', ItemSelector: {}, ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Succeed' } } }, End: true },
    'field "ItemSelector" is not supported for Map',
  ],
  ['Retry where nothing is tried', { Type: 'Pass', Retry: [], End: true }, 'field "Retry" is not supported for Pass'],
])('%s is refused', (_, state, refusal) => {
  expect(one(state)).toContain('\n  state "A": ');
  expect(one(state)).toContain(refusal);
});

test.each([
  [
    'a machine that does not say JSONata',
    { ...machine({ A: { Type: 'Succeed' } }), QueryLanguage: undefined },
    'so it is JSONPath, which is not supported',
  ],
  [
    'a timeout of the whole machine',
    { ...machine({ A: { Type: 'Succeed' } }), TimeoutSeconds: 5 },
    'field "TimeoutSeconds" of the machine is not supported',
  ],
  ['a StartAt that is not there', machine({ A: { Type: 'Succeed' } }, 'Z'), '"StartAt" is "Z"; expected one of: A'],
  ['a machine without states', machine({}, 'Z'), 'the machine has no "States"'],
  [
    'a name used twice',
    machine({
      P: { Type: 'Parallel', Branches: [{ StartAt: 'P', States: { P: { Type: 'Succeed' } } }], End: true },
    }),
    'state "P": the name is used twice',
  ],
])('%s is refused', (_, definition, refusal) => {
  expect(refusalOf(definition)).toContain(refusal);
});
