import { appendFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  createClock,
  handlers,
  invoke,
  Named,
  openTestEngine,
  run,
  typesOf,
  withDirectory,
  withEngine,
} from './support';

test('Pass hands its input on, and its Output when it has one', async () => {
  const states = {
    A: { Type: 'Pass', Next: 'B' },
    B: { Type: 'Pass', Output: { twice: '{% $states.input.n * 2 %}', as: 'is' }, End: true },
  };

  const { status, output } = await run({ states }, { n: 4 });

  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { twice: 8, as: 'is' } });
});

test('all expressions of one Assign and Output see the old variables', async () => {
  const states = {
    A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'B' },
    B: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% [$x, $y] %}', Next: 'C' },
    C: { Type: 'Pass', Output: { before: '{% $states.input %}', after: '{% [$x, $y] %}' }, End: true },
  };

  const { output } = await run({ states });

  expect(output).toEqual({ before: [1, 2], after: [2, 1] });
});

test('Choice takes the first condition that is true, with its own Assign and Output', async () => {
  const choice = (condition: string, value: string) => ({
    Condition: condition,
    Assign: { chosen: value },
    Output: { from: value },
    Next: 'End',
  });
  const states = {
    Which: {
      Type: 'Choice',
      Choices: [choice('{% $states.input.n > 10 %}', 'ten'), choice('{% $states.input.n > 5 %}', 'five')],
      Default: 'End',
      Assign: { chosen: 'default' },
    },
    End: { Type: 'Pass', Output: { chosen: '{% $chosen %}', input: '{% $states.input %}' }, End: true },
  };

  const outputs = [];
  for (const n of [11, 6, 1]) outputs.push((await run({ states }, { n })).output);

  expect(outputs).toEqual([
    { chosen: 'ten', input: { from: 'ten' } },
    { chosen: 'five', input: { from: 'five' } },
    { chosen: 'default', input: { n: 1 } },
  ]);
});

test('a Choice without a match and without Default fails with States.Runtime', async () => {
  const states = {
    Which: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'E' }] },
    E: { Type: 'Succeed' },
  };

  const { status, error, cause } = await run({ states });

  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
  expect(cause).toContain("the state 'Which' (entered at the event id #2)");
});

test('a condition that is neither true nor false fails with States.QueryEvaluationError', async () => {
  const states = {
    Which: { Type: 'Choice', Choices: [{ Condition: '{% "yes" %}', Next: 'E' }], Default: 'E' },
    E: { Type: 'Succeed' },
  };

  const { error, cause } = await run({ states });

  expect(error).toBe('States.QueryEvaluationError');
  expect(cause).toContain(`The field 'Choices[0]/Condition' gave "yes"; expected true or false.`);
});

test('Wait waits for seconds or until a time, also when it is months away', async () => {
  const clock = createClock({ skips: true });
  const states = {
    A: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Next: 'B' },
    B: { Type: 'Wait', Timestamp: '2027-03-01T00:00:00Z', Assign: { waited: true }, Next: 'C' },
    C: { Type: 'Pass', Output: '{% $waited %}', End: true },
  };

  const { output } = await run({ states, clock }, { seconds: 90 });

  expect(output).toBe(true);
  expect(clock.waits[0]).toBe(90_000);
  expect(clock.now().toISOString()).toBe('2027-03-01T00:00:00.000Z');
});

test('a real wait that is longer than a timer can be does not end at once', async () => {
  await withEngine({ states: { A: { Type: 'Wait', Seconds: 3_000_000, End: true } } }, async (engine) => {
    const { executionArn } = await engine.startExecution({ input: {} });
    await new Promise((resolve) => setTimeout(resolve, 20));

    const { status } = await engine.describeExecution(executionArn);

    expect(status).toBe('RUNNING');
  });
});

test('Succeed ends with its Output, Fail with its Error and Cause', async () => {
  const good = await run({ states: { S: { Type: 'Succeed', Output: '{% $states.input.a %}' } } }, { a: [1] });
  const bad = await run({
    states: {
      A: { Type: 'Pass', Assign: { why: 'rain' }, Next: 'F' },
      F: { Type: 'Fail', Error: 'Wet', Cause: '{% $why %}' },
    },
  });

  expect(good).toMatchObject({ status: 'SUCCEEDED', output: [1] });
  expect(bad).toMatchObject({ status: 'FAILED', error: 'Wet', cause: 'rain' });
});

test('branches of Parallel read outer variables, keep their own, and give their outputs in order', async () => {
  const branch = (name: string, value: number) => ({
    StartAt: name,
    States: {
      [name]: { Type: 'Pass', Assign: { own: value }, Next: `${name}2` },
      [`${name}2`]: { Type: 'Pass', Output: '{% [$outer, $own, $states.input.given] %}', End: true },
    },
  });
  const states = {
    Start: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Both' },
    Both: {
      Type: 'Parallel',
      Arguments: { given: '{% $outer & "!" %}' },
      Branches: [branch('A', 1), branch('B', 2)],
      Assign: { results: '{% $states.result %}' },
      Next: 'After',
    },
    After: { Type: 'Pass', Output: { results: '{% $results %}', ownIsVisible: '{% $exists($own) %}' }, End: true },
  };

  const { output } = await run({ states });

  expect(output).toEqual({
    results: [
      ['o', 1, 'o!'],
      ['o', 2, 'o!'],
    ],
    ownIsVisible: false,
  });
});

test('a branch that fails stops its siblings, and the state fails with its error', async () => {
  let stopped: unknown;
  let started: () => void = () => undefined;
  const slowStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  const slow = (_: unknown, signal: AbortSignal) => {
    signal.addEventListener('abort', () => {
      stopped = signal.reason;
    });
    started();
    return new Promise(() => undefined);
  };
  const quick = async () => {
    await slowStarted;
    throw new Named('Broken');
  };
  const branch = (name: string, functionName: string) => ({
    StartAt: name,
    States: { [name]: invoke(functionName, { Next: `${name} next` }), [`${name} next`]: { Type: 'Succeed' } },
  });
  const states = {
    Both: {
      Type: 'Parallel',
      Branches: [branch('Slow', 'slow'), branch('Quick', 'quick')],
      Catch: [{ ErrorEquals: ['Broken'], Output: '{% $states.errorOutput.Error %}', Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Succeed' },
  };

  await withEngine({ states, invoke: handlers({ slow, quick }) }, async (engine) => {
    const { executionArn } = await engine.startExecution({ input: {} });
    const { output } = await engine.waitFor(executionArn);

    expect(output).toBe('Broken');
    expect(stopped).toBeInstanceOf(Error);
    const types = await typesOf(engine, executionArn);
    expect(types.slice(types.indexOf('TaskFailed'))).toEqual([
      ...['TaskFailed', 'TaskStateAborted', 'ParallelStateFailed', 'ParallelStateExited'],
      ...['SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded'],
    ]);
  });
});

test('Map runs its items in order of the list, never more at a time than MaxConcurrency', async () => {
  let [begun, most] = [0, 0];
  let waiting: (() => void)[] = [];
  // Nobody goes on before two are there, so fewer than two at a time would never end.
  const square = async ({ n }: { n: number }) => {
    begun++;
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      most = Math.max(most, waiting.length);
      if (waiting.length < 2 && begun < 5) return;
      for (const go of waiting) go();
      waiting = [];
    });
    return n * n;
  };
  const states = {
    Each: {
      Type: 'Map',
      Items: '{% $states.input.numbers %}',
      MaxConcurrency: 2,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'Square',
        States: {
          Square: invoke('square', { Output: '{% $states.result.Payload %}', End: true }, { n: '{% $states.input %}' }),
        },
      },
      End: true,
    },
  };

  const { output } = await run({ states, invoke: handlers({ square }) }, { numbers: [1, 2, 3, 4, 5] });

  expect(output).toEqual([1, 4, 9, 16, 25]);
  expect(most).toBe(2);
});

test('Map of nothing gives an empty list; Items that are no list fail', async () => {
  const states = {
    Each: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      End: true,
    },
  };

  const nothing = await run({ states }, []);
  const wrong = await run({ states }, { a: 1 });

  expect(nothing.output).toEqual([]);
  expect(wrong).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
});

test('an iteration that fails fails the Map, and what was not begun is not begun', async () => {
  const seen: number[] = [];
  const visit = ({ n }: { n: number }) => {
    seen.push(n);
    if (n === 2) throw new Named('Odd');
  };
  const states = {
    Each: {
      Type: 'Map',
      MaxConcurrency: 1,
      ItemProcessor: { StartAt: 'V', States: { V: invoke('visit', { End: true }, { n: '{% $states.input %}' }) } },
      End: true,
    },
  };

  const { error } = await run({ states, invoke: handlers({ visit }) }, [1, 2, 3, 4]);

  expect({ error, seen }).toEqual({ error: 'Odd', seen: [1, 2] });
});

test('the context names execution, machine and state as AWS does', async () => {
  const states = { A: { Type: 'Pass', Output: '{% $states.context %}', End: true } };

  await withEngine({ states, clock: createClock() }, async (engine) => {
    const { executionArn } = await engine.startExecution({ name: 'one', input: { a: 1 } });
    const { output } = await engine.waitFor(executionArn);

    expect(output).toEqual({
      Execution: {
        Id: 'arn:aws:states:us-east-1:000000000000:execution:Test:one',
        Input: { a: 1 },
        Name: 'one',
        RoleArn: expect.stringMatching(/^arn:aws:iam::/),
        StartTime: '2026-11-22T10:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: 'arn:aws:states:us-east-1:000000000000:stateMachine:Test', Name: 'Test' },
      State: { Name: 'A', EnteredTime: '2026-11-22T10:00:00.000Z' },
    });
  });
});

test('output, result and variables above 256 KiB fail with States.DataLimitExceeded, which States.ALL does not catch', async () => {
  const large = 'x'.repeat(262_144);
  const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }], Next: 'End' };
  const cases = [
    invoke('large', caught),
    invoke('small', { Output: '{% $pad("", 262145, "x") %}', ...caught }),
    invoke('small', { Assign: { v: '{% $pad("", 262145, "x") %}' }, ...caught }),
    invoke('small', caught, '{% $pad("", 262145, "x") %}'),
  ];

  const errors = [];
  for (const state of cases) {
    const states = { A: state, End: { Type: 'Succeed' } };
    errors.push((await run({ states, invoke: handlers({ large: () => large, small: () => 1 }) })).error);
  }

  expect(errors).toEqual(Array(4).fill('States.DataLimitExceeded'));
});

test('an execution ends with its 25,000th history event, as on AWS', async () => {
  const clock = createClock();
  const states = {
    W: { Type: 'Wait', Seconds: 1, Next: 'A' },
    A: { Type: 'Pass', Next: 'B' },
    B: { Type: 'Pass', Next: 'A' },
  };

  await withDirectory(async (directory) => {
    const first = await openTestEngine(directory, { states, clock });
    const { executionArn } = await first.startExecution({ input: {} });
    await clock.waiting(1);
    await first.close();
    const event = { id: 24_980, previousEventId: 0, timestamp: '2026-11-22T10:00:00.000Z', type: 'PassStateEntered' };
    const journal = (await readdir(directory)).find((file) => file.endsWith('.jsonl')) ?? '';
    await appendFile(path.join(directory, journal), `${JSON.stringify({ key: 'long ago', event })}\n`);
    clock.advance(1_000);
    const second = await openTestEngine(directory, { states, clock });
    const { error, cause } = await second.waitFor(executionArn);

    expect(error).toBe('States.Runtime');
    expect(cause).toBe('The execution reached the maximum number of history events (25000).');
    expect((await second.history(executionArn)).at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
    await second.close();
  });
});
