import type { Engine } from '#local/engine/engine';
import {
  ask,
  createClock,
  eventOf,
  handlers,
  invoke,
  openTestEngine,
  run,
  typesOf,
  withDirectory,
  withEngine,
} from './support';

const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }], End: true };
const end = { Type: 'Succeed' };

/** A notifier that keeps the tokens it was given. */
const keepTokens = () => {
  const tokens: string[] = [];
  const notify = ({ token }: { token: string }) => {
    tokens.push(token);
    return { sent: true };
  };
  return { tokens, notify };
};

const startAndAsk = async (engine: Engine) => {
  const isAsked = eventOf(engine, 'WaitingForToken');
  const { executionArn } = await engine.startExecution({ input: {} });
  await isAsked;
  return executionArn;
};

test('lambda:invoke gives StatusCode, ExecutedVersion and the Payload as JSON would carry it', async () => {
  const f = () => ({ at: new Date('2026-11-22T10:00:00Z'), nothing: undefined, list: [undefined] });

  const { output } = await run({ states: { A: invoke('f', { End: true }) }, invoke: handlers({ f }) });

  expect(output).toEqual({
    ExecutedVersion: '$LATEST',
    Payload: { at: '2026-11-22T10:00:00.000Z', list: [null] },
    StatusCode: 200,
  });
});

test('a handler gets a payload of its own, and returning nothing is null', async () => {
  const spoil = (payload: { list: number[] }) => {
    payload.list.push(9);
  };
  const states = {
    A: invoke('spoil', { Output: '{% $states.result.Payload %}', Next: 'B' }, { list: '{% $states.input.list %}' }),
    B: {
      Type: 'Pass',
      Output: { payload: '{% $states.input %}', list: '{% $states.context.Execution.Input.list %}' },
      End: true,
    },
  };

  const { output } = await run({ states, invoke: handlers({ spoil }) }, { list: [1, 2] });

  expect(output).toEqual({ payload: null, list: [1, 2] });
});

test('a task that is given no time limit has none', async () => {
  const clock = createClock();
  let called: (answer: (value: string) => void) => void = () => undefined;
  const isCalled = new Promise<(value: string) => void>((resolve) => {
    called = resolve;
  });
  const f = () => new Promise((resolve) => called(resolve));

  await withEngine({ states: { A: invoke('f', { End: true }) }, clock, invoke: handlers({ f }) }, async (engine) => {
    const { executionArn } = await engine.startExecution({ input: {} });
    const answer = await isCalled;
    clock.advance(365 * 86_400_000);
    answer('late but there');

    expect(await engine.waitFor(executionArn)).toMatchObject({ output: { Payload: 'late but there' } });
    expect(clock.waits).toEqual([]);
  });
});

test('TimeoutSeconds ends a call with States.Timeout, without a cause, and aborts the handler', async () => {
  const clock = createClock();
  let isAborted = false;
  const f = (_: unknown, signal: AbortSignal) =>
    new Promise(() => {
      signal.addEventListener('abort', () => {
        isAborted = true;
      });
    });
  const states = { A: invoke('f', { TimeoutSeconds: '{% 60 * 2 %}', ...caught }), E: end };

  await withEngine({ states, clock, invoke: handlers({ f }) }, async (engine) => {
    const { executionArn } = await engine.startExecution({ input: {} });
    await clock.waiting(1);
    clock.advance(119_999);
    expect((await engine.describeExecution(executionArn)).status).toBe('RUNNING');
    clock.advance(1);

    expect((await engine.waitFor(executionArn)).output).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(isAborted).toBe(true);
    const event = (await engine.history(executionArn)).find(({ type }) => type === 'TaskTimedOut');
    expect(event?.details).toEqual({ error: 'States.Timeout', resource: 'invoke', resourceType: 'lambda' });
  });
});

test('a token is answered with an output', async () => {
  const { tokens, notify } = keepTokens();

  await withEngine({ states: { A: ask('notify', { End: true }) }, invoke: handlers({ notify }) }, async (engine) => {
    const arn = await startAndAsk(engine);
    await engine.sendTaskSuccess(tokens[0] ?? '', { decision: 'approved' });

    expect(await engine.waitFor(arn)).toMatchObject({ status: 'SUCCEEDED', output: { decision: 'approved' } });
    expect(await typesOf(engine, arn)).toEqual([
      ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded'],
      ...['TaskStateExited', 'ExecutionSucceeded'],
    ]);
  });
});

test('a token is answered with a failure, with or without a name', async () => {
  const outputs: unknown[] = [];
  for (const failure of [{ error: 'Refused', cause: 'no' }, {}]) {
    const { tokens, notify } = keepTokens();
    const states = { A: ask('notify', caught), E: end };
    await withEngine({ states, invoke: handlers({ notify }) }, async (engine) => {
      const arn = await startAndAsk(engine);
      await engine.sendTaskFailure(tokens[0] ?? '', failure);
      outputs.push((await engine.waitFor(arn)).output);
    });
  }

  expect(outputs).toEqual([
    { Error: 'Refused', Cause: 'no' },
    { Error: '', Cause: '' },
  ]);
});

test('a token can be answered while the notifier is still at work', async () => {
  let engine: Engine | undefined;
  const notify = async ({ token }: { token: string }) => {
    await engine?.sendTaskSuccess(token, 'at once');
    return 'sent';
  };

  await withEngine({ states: { A: ask('notify', { End: true }) }, invoke: handlers({ notify }) }, async (opened) => {
    engine = opened;
    const { executionArn } = await opened.startExecution({ input: {} });

    expect((await opened.waitFor(executionArn)).output).toBe('at once');
  });
});

test('a notifier that fails fails the task', async () => {
  const notify = () => {
    throw new TypeError('no mail today');
  };
  const states = { A: ask('notify', caught), E: end };

  const { output } = await run({ states, invoke: handlers({ notify }) });

  expect(output).toMatchObject({ Error: 'TypeError' });
});

test('nobody answers for 30 days: States.Timeout, and the token is dead', async () => {
  const clock = createClock();
  const { tokens, notify } = keepTokens();
  const states = { A: ask('notify', { TimeoutSeconds: 30 * 86_400, ...caught }), E: end };

  await withEngine({ states, clock, invoke: handlers({ notify }) }, async (engine) => {
    const arn = await startAndAsk(engine);
    clock.advance(30 * 86_400_000);

    expect((await engine.waitFor(arn)).output).toEqual({ Error: 'States.Timeout', Cause: '' });
    await expect(engine.sendTaskSuccess(tokens[0] ?? '', 1)).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });
});

test.each(['States.HeartbeatTimeout', 'States.Timeout'])('a missing heartbeat is caught as %s', async (name) => {
  const clock = createClock();
  const { tokens, notify } = keepTokens();
  const states = {
    A: ask('notify', {
      HeartbeatSeconds: 10,
      TimeoutSeconds: 1_000,
      Catch: [{ ErrorEquals: [name], Next: 'E' }],
      End: true,
    }),
    E: end,
  };

  await withEngine({ states, clock, invoke: handlers({ notify }) }, async (engine) => {
    const arn = await startAndAsk(engine);
    clock.advance(9_000);
    await engine.sendTaskHeartbeat(tokens[0] ?? '');
    clock.advance(9_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await engine.describeExecution(arn)).status).toBe('RUNNING');
    clock.advance(1_000);

    expect((await engine.waitFor(arn)).output).toEqual({ Error: 'States.Timeout', Cause: '' });
  });
});

test('a retry asks again, with another token', async () => {
  const { tokens, notify } = keepTokens();
  const states = { A: ask('notify', { Retry: [{ ErrorEquals: ['Again'] }], End: true }) };

  await withEngine({ states, clock: createClock({ skips: true }), invoke: handlers({ notify }) }, async (engine) => {
    const arn = await startAndAsk(engine);
    const isAskedAgain = eventOf(engine, 'WaitingForToken');
    await engine.sendTaskFailure(tokens[0] ?? '', { error: 'Again' });
    await isAskedAgain;
    await engine.sendTaskSuccess(tokens[1] ?? '', 'yes');

    expect((await engine.waitFor(arn)).output).toBe('yes');
    expect(new Set(tokens).size).toBe(2);
  });
});

test('tokens are refused by what is wrong with them', async () => {
  const { tokens, notify } = keepTokens();
  const states = { A: ask('notify', { End: true }) };

  await withEngine({ states, invoke: handlers({ notify }) }, async (engine) => {
    const arn = await startAndAsk(engine);
    const forged = Buffer.from(
      Buffer.from(tokens[0] ?? '', 'base64url')
        .toString()
        .replace(/\.[^.]*$/, `.${'A'.repeat(43)}`),
    ).toString('base64url');
    const refusals = async () =>
      Promise.all(
        ['', 'rubbish', forged, tokens[0] ?? ''].map((token) =>
          engine.sendTaskSuccess(token, 1).then(
            () => 'taken',
            (error: Error) => error.name,
          ),
        ),
      );

    expect(await refusals()).toEqual(['InvalidToken', 'InvalidToken', 'TaskDoesNotExist', 'taken']);
    await engine.waitFor(arn);
    expect((await refusals()).at(-1)).toBe('TaskTimedOut');
  });
});

test('a token is in no event, history, description or list, even when a handler lets it out', async () => {
  const { tokens, notify } = keepTokens();
  const gossip = ({ token }: { token: string }) => {
    notify({ token });
    return { token };
  };
  const states = {
    A: ask('gossip', { Output: '{% $states.result %}', Next: 'F' }),
    F: { Type: 'Fail', Error: 'Odd', Cause: '{% $states.input.token %}' },
  };

  await withEngine({ states, invoke: handlers({ gossip }) }, async (engine) => {
    const events: unknown[] = [];
    engine.subscribe((event) => events.push(event));
    const arn = await startAndAsk(engine);
    const token = tokens[0] ?? '';
    await engine.sendTaskSuccess(token, { token });
    const description = await engine.waitFor(arn);
    const shown = JSON.stringify([events, description, await engine.history(arn), await engine.listExecutions()]);

    expect(token.length).toBeGreaterThan(60);
    expect(shown).not.toContain(token);
    expect(description.cause).toBe('(task token)');
  });
});

test('after a restart a question is unchanged: same token, same deadline, asked once', async () => {
  const clock = createClock();
  const { tokens, notify } = keepTokens();
  const states = { A: ask('notify', { TimeoutSeconds: 100, ...caught }), E: end };
  const setup = { states, clock, invoke: handlers({ notify }) };

  await withDirectory(async (directory) => {
    const first = await openTestEngine(directory, setup);
    const arn = await startAndAsk(first);
    await first.close();
    clock.advance(60_000);
    const second = await openTestEngine(directory, setup);
    await clock.waiting(1);
    expect(clock.waits.at(-1)).toBe(40_000);
    clock.advance(40_000);

    expect((await second.waitFor(arn)).output).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(tokens).toHaveLength(1);
    await second.close();
  });
});

test('an answer right after a restart is taken, before the replay has come to the question', async () => {
  const { tokens, notify } = keepTokens();
  const setup = { states: { A: ask('notify', { End: true }) }, invoke: handlers({ notify }) };

  await withDirectory(async (directory) => {
    const first = await openTestEngine(directory, setup);
    const arn = await startAndAsk(first);
    await first.close();
    const second = await openTestEngine(directory, setup);
    await second.sendTaskSuccess(tokens[0] ?? '', 'quick');

    expect((await second.waitFor(arn)).output).toBe('quick');
    expect(tokens).toHaveLength(1);
    await second.close();
  });
});
