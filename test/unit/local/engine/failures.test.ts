import { retryDelayMs } from '#local/engine/retry';
import { createClock, handlers, invoke, Named, run, withEngine } from './support';

const failing = (name: string, times = Number.POSITIVE_INFINITY) => {
  let calls = 0;
  return {
    calls: () => calls,
    handler: () => {
      calls++;
      if (calls <= times) throw new Named(name);
      return calls;
    },
  };
};

const end = { Type: 'Succeed' };

test('a handler that throws gives its name as Error and a JSON text as Cause', async () => {
  const { error, cause } = await run({
    states: { A: invoke('f', { End: true }) },
    invoke: handlers({ f: failing('LockNotAvailable').handler }),
  });

  expect(error).toBe('LockNotAvailable');
  const { trace, ...rest } = JSON.parse(cause ?? '');
  expect(rest).toEqual({ errorType: 'LockNotAvailable', errorMessage: 'no luck' });
  expect(trace[0]).toContain('no luck');
});

test('what is thrown need not be an error', async () => {
  const states = { A: invoke('f', { End: true }) };
  const f = () => Promise.reject('just words');

  const { error, cause } = await run({ states, invoke: handlers({ f }) });

  expect(error).toBe('Error');
  expect(JSON.parse(cause ?? '').errorMessage).toBe('just words');
});

test('a Cause never grows beyond what AWS keeps', async () => {
  const f = () => {
    throw new Named('Talkative', 'x'.repeat(100_000));
  };

  const { cause } = await run({ states: { A: invoke('f', { End: true }) }, invoke: handlers({ f }) });

  expect((cause ?? '').length).toBeLessThanOrEqual(32_768);
});

test('Retry waits, longer each time, up to the cap, and gives up after MaxAttempts', async () => {
  const { handler, calls } = failing('Busy');
  const clock = createClock({ skips: true });
  const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10, MaxAttempts: 4 }];

  const { error } = await run({
    states: { A: invoke('f', { Retry, End: true }) },
    clock,
    invoke: handlers({ f: handler }),
  });

  expect(error).toBe('Busy');
  expect(calls()).toBe(5);
  expect(clock.waits).toEqual([2_000, 6_000, 10_000, 10_000]);
});

test('without numbers a retrier has AWS defaults: 1 s, doubled, three times', async () => {
  const clock = createClock({ skips: true });

  await run({
    states: { A: invoke('f', { Retry: [{ ErrorEquals: ['States.ALL'] }], End: true }) },
    clock,
    invoke: handlers({ f: failing('Busy').handler }),
  });

  expect(clock.waits).toEqual([1_000, 2_000, 4_000]);
});

test('full jitter takes any part of the delay', () => {
  const retrier = { ErrorEquals: ['X'], IntervalSeconds: 4, JitterStrategy: 'FULL' as const };

  expect([0, 0.5, 0.999].map((value) => retryDelayMs(retrier, 2, () => value))).toEqual([0, 4_000, 7_992]);
});

test('each retrier counts for itself, the first that matches decides, and RetryCount counts them all', async () => {
  const errors = ['A', 'B', 'A', 'B'];
  const counts: number[] = [];
  const f = ({ count }: { count: number }) => {
    counts.push(count);
    const error = errors.shift();
    if (error) throw new Named(error);
    return 'at last';
  };
  const Retry = [
    { ErrorEquals: ['A'], IntervalSeconds: 5, MaxAttempts: 2 },
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2 },
  ];
  const clock = createClock({ skips: true });

  const { output } = await run({
    states: {
      T: invoke(
        'f',
        { Retry, Output: '{% $states.result.Payload %}', End: true },
        { count: '{% $states.context.State.RetryCount %}' },
      ),
    },
    clock,
    invoke: handlers({ f }),
  });

  expect(output).toBe('at last');
  expect(counts).toEqual([0, 1, 2, 3, 4]);
  expect(clock.waits).toEqual([5_000, 1_000, 10_000, 2_000]);
});

test('MaxAttempts 0 never retries', async () => {
  const { handler, calls } = failing('Busy');

  await run({
    states: { A: invoke('f', { Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 0 }], End: true }) },
    invoke: handlers({ f: handler }),
  });

  expect(calls()).toBe(1);
});

test('Catch comes after Retry, takes the first that matches, and leaves with its own Assign and Output', async () => {
  const { handler, calls } = failing('Busy');
  const clock = createClock({ skips: true });
  const states = {
    A: invoke('f', {
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
      Catch: [
        { ErrorEquals: ['Other'], Next: 'Wrong' },
        {
          ErrorEquals: ['Nothing', 'Busy'],
          Assign: { why: '{% $states.errorOutput.Error & " in " & $states.context.State.Name %}' },
          Output: { input: '{% $states.input.a %}' },
          Next: 'Right',
        },
        { ErrorEquals: ['States.ALL'], Next: 'Wrong' },
      ],
      Assign: { why: 'not this' },
      End: true,
    }),
    Wrong: { Type: 'Fail', Error: 'Wrong' },
    Right: { Type: 'Succeed', Output: { why: '{% $why %}', given: '{% $states.input %}' } },
  };

  const { output } = await run({ states, clock, invoke: handlers({ f: handler }) }, { a: 1 });

  expect(calls()).toBe(2);
  expect(output).toEqual({ why: 'Busy in A', given: { input: 1 } });
});

test('a Catch without Output hands on Error and Cause', async () => {
  const states = { A: invoke('f', { Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'E' }], End: true }), E: end };

  const { output } = await run({ states, invoke: handlers({ f: failing('Odd').handler }) });

  expect(output).toEqual({ Error: 'Odd', Cause: expect.stringContaining('"errorMessage":"no luck"') });
});

test('an error in Arguments, Output or Assign can be retried and caught as States.QueryEvaluationError', async () => {
  const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'E' }];
  const cases = [
    invoke('f', { Catch, End: true }, '{% $states.input.absent %}'),
    invoke('f', { Catch, Output: { a: ['{% $missing %}'] }, End: true }),
    invoke('f', { Catch, Assign: { v: '{% 1 + "one" %}' }, End: true }),
    invoke('f', { Catch, TimeoutSeconds: '{% 1.5 %}', End: true }),
  ];

  const causes = [];
  for (const A of cases)
    causes.push((await run({ states: { A, E: end }, invoke: handlers({ f: () => 1 }) })).output as { Cause: string });

  expect(causes.map(({ Cause }) => Cause)).toEqual([
    "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.input.absent' specified for the field 'Arguments/Payload' returned nothing (undefined).",
    expect.stringContaining("'$missing' specified for the field 'Output/a[0]' returned nothing (undefined)."),
    expect.stringContaining("specified for the field 'Assign/v' threw an error during evaluation. T2002"),
    expect.stringContaining("The field 'TimeoutSeconds' gave 1.5; expected a whole number"),
  ]);
});

test('an error in a Catch of its own is not caught by the same state', async () => {
  const states = {
    A: invoke('f', {
      Catch: [
        { ErrorEquals: ['Odd'], Assign: { v: '{% $nothing %}' }, Next: 'E' },
        { ErrorEquals: ['States.ALL'], Next: 'E' },
      ],
      End: true,
    }),
    E: end,
  };

  const { error, cause } = await run({ states, invoke: handlers({ f: failing('Odd').handler }) });

  expect(error).toBe('States.QueryEvaluationError');
  expect(cause).toContain("the field 'Catch[0]/Assign/v'");
});

test('a failing expression is an EvaluationFailed event that names field and state', async () => {
  await withEngine({ states: { A: { Type: 'Pass', Output: '{% $nope %}', End: true } } }, async (engine) => {
    const { executionArn } = await engine.startExecution({ input: {} });
    await engine.waitFor(executionArn);

    const event = (await engine.history(executionArn)).find(({ type }) => type === 'EvaluationFailed');

    expect(event?.details).toMatchObject({ error: 'States.QueryEvaluationError', location: 'Output', state: 'A' });
  });
});

test.each([
  ['States.Runtime', ['States.ALL'], 'no'],
  ['States.Runtime', ['States.Runtime'], 'no'],
  ['States.DataLimitExceeded', ['States.TaskFailed'], 'no'],
  ['States.DataLimitExceeded', ['States.DataLimitExceeded'], 'yes'],
  ['Anything', ['States.TaskFailed'], 'yes'],
  ['Anything', ['States.Timeout'], 'no'],
  ['Anything', ['anything'], 'no'],
])('%s is caught by %j: %s', async (error, ErrorEquals, caught) => {
  const states = { A: invoke('f', { Catch: [{ ErrorEquals, Next: 'E' }], End: true }), E: end };

  const { status } = await run({ states, invoke: handlers({ f: failing(error).handler }) });

  expect(status).toBe(caught === 'yes' ? 'SUCCEEDED' : 'FAILED');
});

test('a Parallel state is retried as a whole, and caught', async () => {
  const { handler, calls } = failing('Shaky', 1);
  const clock = createClock({ skips: true });
  const branch = (name: string, functionName: string) => ({
    StartAt: name,
    States: { [name]: invoke(functionName, { Output: '{% $states.result.Payload %}', End: true }) },
  });
  const states = {
    P: {
      Type: 'Parallel',
      Branches: [branch('One', 'shaky'), branch('Two', 'steady')],
      Retry: [{ ErrorEquals: ['Shaky'] }],
      End: true,
    },
  };

  const { output } = await run({ states, clock, invoke: handlers({ shaky: handler, steady: () => 'ok' }) });

  expect(calls()).toBe(2);
  expect(output).toEqual([2, 'ok']);
});
