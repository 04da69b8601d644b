import fs from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionEvent } from '#local/engine/engine';
import {
  ask,
  createClock,
  eventOf,
  handlers,
  invoke,
  Named,
  openTestEngine,
  withDirectory,
  withEngine,
} from './support';

const pass = { A: { Type: 'Pass', End: true } };
const waiting = { A: { Type: 'Wait', Seconds: 1_000, End: true } };

test('the same name and input of a running execution is the same execution', async () => {
  await withEngine({ states: waiting, clock: createClock() }, async (engine) => {
    const first = await engine.startExecution({ name: 'one', input: { a: 1 } });
    const again = await engine.startExecution({ name: 'one', input: { a: 1 } });

    expect(again).toEqual(first);
    await expect(engine.startExecution({ name: 'one', input: { a: 2 } })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
    expect(await engine.listExecutions()).toHaveLength(1);
  });
});

test('two starts of one name at the same moment make one execution', async () => {
  await withEngine({ states: waiting, clock: createClock() }, async (engine) => {
    const [one, two] = await Promise.all([1, 2].map(() => engine.startExecution({ name: 'one', input: {} })));

    expect(one).toEqual(two);
  });
});

test('a name that has ended stays taken, also for the next engine', async () => {
  await withDirectory(async (directory) => {
    const first = await openTestEngine(directory, { states: pass });
    await first.waitFor((await first.startExecution({ name: 'one', input: {} })).executionArn);
    await first.close();
    const second = await openTestEngine(directory, { states: pass });

    await expect(second.startExecution({ name: 'one', input: {} })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
      message: expect.stringContaining('SUCCEEDED'),
    });
    await second.close();
  });
});

test.each(['', 'a b', 'a/b', 'x'.repeat(81), 'a:b', 'a*'])('the name %j is refused', async (name) => {
  await withEngine({ states: pass }, async (engine) => {
    await expect(engine.startExecution({ name, input: {} })).rejects.toMatchObject({ name: 'InvalidName' });
  });
});

test('names that differ in case, or have letters that files cannot have, are kept apart', async () => {
  await withEngine({ states: pass }, async (engine) => {
    for (const name of ['run', 'RUN', 'läuft', 'laeuft', 'l_uft'])
      await engine.waitFor((await engine.startExecution({ name, input: name })).executionArn);

    const inputs = [];
    for (const { executionArn } of await engine.listExecutions())
      inputs.push((await engine.describeExecution(executionArn)).input);
    expect(inputs.sort()).toEqual(['RUN', 'l_uft', 'laeuft', 'läuft', 'run']);
  });
});

test('an input above 256 KiB is refused', async () => {
  await withEngine({ states: pass }, async (engine) => {
    await expect(engine.startExecution({ input: 'x'.repeat(262_144) })).rejects.toMatchObject({
      name: 'InvalidExecutionInput',
    });
  });
});

test('executions are listed by status, the last one first', async () => {
  const clock = createClock();
  const states = {
    A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input %}', Next: 'W' }], Default: 'S' },
    W: { Type: 'Wait', Seconds: 9, End: true },
    S: { Type: 'Succeed' },
  };

  await withEngine({ states, clock }, async (engine) => {
    await engine.waitFor((await engine.startExecution({ name: 'first', input: false })).executionArn);
    clock.advance(1_000);
    await engine.startExecution({ name: 'second', input: true });

    const names = async (filter?: { status: 'RUNNING' | 'FAILED' }) =>
      (await engine.listExecutions(filter)).map(({ name }) => name);
    expect(await names()).toEqual(['second', 'first']);
    expect(await names({ status: 'RUNNING' })).toEqual(['second']);
    expect(await names({ status: 'FAILED' })).toEqual([]);
  });
});

test('stopping ends everything that is under way, for good', async () => {
  let called: (signal: AbortSignal) => void = () => undefined;
  const isCalled = new Promise<AbortSignal>((resolve) => {
    called = resolve;
  });
  const f = (_: unknown, signal: AbortSignal) => {
    called(signal);
    return new Promise(() => undefined);
  };
  const setup = { states: { A: invoke('f', { End: true }) }, invoke: handlers({ f }) };

  await withDirectory(async (directory) => {
    const engine = await openTestEngine(directory, setup);
    const { executionArn } = await engine.startExecution({ input: {} });
    const signal = await isCalled;
    const stopped = engine.waitFor(executionArn);
    const { stopDate } = await engine.stopExecution(executionArn, { error: 'Enough', cause: 'said so' });

    expect(await stopped).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'said so', stopDate });
    expect(signal.aborted).toBe(true);
    expect(await engine.stopExecution(executionArn)).toEqual({ stopDate });
    await engine.close();
    const next = await openTestEngine(directory, setup);
    expect((await next.describeExecution(executionArn)).status).toBe('ABORTED');
    await next.close();
  });
});

test('a view hears what happens, in order, with durations and errors', async () => {
  const clock = createClock({ skips: true });
  let calls = 0;
  const f = () => {
    if (++calls < 3) throw new Named('Busy');
    return 'done';
  };
  const fails = () => {
    throw new Named('Broken');
  };
  const states = {
    A: invoke('f', {
      Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 5, MaxAttempts: 2 }],
      Output: 'out',
      Next: 'B',
    }),
    B: invoke('fails', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], End: true }),
    C: invoke('fails', { End: true }),
  };

  await withEngine({ states, clock, invoke: handlers({ f, fails }) }, async (engine) => {
    const events: ExecutionEvent[] = [];
    engine.subscribe((event) => events.push(event));
    await engine.waitFor((await engine.startExecution({ name: 'one', input: {} })).executionArn);

    expect(
      events.map(({ kind, state, error, durationMs }) =>
        [kind, state, error, durationMs].filter((x) => x !== undefined),
      ),
    ).toEqual([
      ['ExecutionStarted'],
      ['StateEntered', 'A'],
      ['TaskScheduled', 'A'],
      ['TaskRetried', 'A', 'Busy', 5_000],
      ['TaskScheduled', 'A'],
      ['TaskRetried', 'A', 'Busy', 10_000],
      ['TaskScheduled', 'A'],
      ['TaskSucceeded', 'A'],
      ['StateExited', 'A', 15_000],
      ['StateEntered', 'B'],
      ['TaskScheduled', 'B'],
      ['StateCaught', 'B', 'Broken', 0],
      ['StateEntered', 'C'],
      ['TaskScheduled', 'C'],
      ['StateFailed', 'C', 'Broken'],
      ['ExecutionFailed', 'Broken'],
    ]);
    expect(events.find(({ kind }) => kind === 'StateExited')).toMatchObject({
      name: 'one',
      output: 'out',
      replayed: false,
    });
  });
});

test('after a restart a view hears the earlier events again, marked, and then the new ones', async () => {
  const setup = { states: { A: ask('notify', { End: true }) } };
  let token = '';
  const invokeThem = handlers({
    notify: (payload: { token: string }) => {
      token = payload.token;
    },
  });

  await withDirectory(async (directory) => {
    const first = await openTestEngine(directory, { ...setup, invoke: invokeThem });
    const isAsked = eventOf(first, 'WaitingForToken');
    const { executionArn } = await first.startExecution({ input: {} });
    await isAsked;
    await first.close();
    const second = await openTestEngine(directory, setup);
    const events: string[] = [];
    second.subscribe(({ kind, replayed }) => events.push(`${kind}${replayed ? ' again' : ''}`));
    await new Promise((resolve) => setImmediate(resolve));
    await second.sendTaskSuccess(token, 1);
    await second.waitFor(executionArn);

    expect(events).toEqual([
      ...['ExecutionStarted again', 'StateEntered again', 'TaskScheduled again', 'WaitingForToken again'],
      ...['TaskSucceeded', 'StateExited', 'ExecutionSucceeded'],
    ]);
    await second.close();
  });
});

test('an execution ends on the definition that it began with', async () => {
  const clock = createClock();
  const version = (text: string) => ({
    A: { Type: 'Wait', Seconds: 10, Next: 'B' },
    B: { Type: 'Pass', Output: text, End: true },
  });

  await withDirectory(async (directory) => {
    const first = await openTestEngine(directory, { states: version('old'), clock });
    const { executionArn } = await first.startExecution({ input: {} });
    await clock.waiting(1);
    await first.close();
    const second = await openTestEngine(directory, { states: version('new'), clock });
    await clock.waiting(1);
    const { executionArn: another } = await second.startExecution({ input: {} });
    await clock.waiting(2);
    clock.advance(10_000);

    expect((await second.waitFor(executionArn)).output).toBe('old');
    expect((await second.waitFor(another)).output).toBe('new');
    await second.close();
  });
});

test('a closed engine says so to those who wait, and takes no more', async () => {
  await withEngine({ states: waiting, clock: createClock() }, async (engine) => {
    const { executionArn } = await engine.startExecution({ input: {} });
    const waited = engine.waitFor(executionArn);
    await engine.close();

    await expect(waited).rejects.toMatchObject({ name: 'RunSuspended' });
    await expect(engine.startExecution({ input: {} })).rejects.toMatchObject({ name: 'RunSuspended' });
  });
});

test('journals are for their owner only', async () => {
  await withEngine({ states: pass }, async (engine, directory) => {
    await engine.waitFor((await engine.startExecution({ input: {} })).executionArn);

    const files = await readdir(directory);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(((await stat(path.join(directory, file))).mode & 0o777).toString(8)).toBe('600');
  });
});

test.each([
  ['rubbish', 'InvalidArn'],
  ['arn:aws:states:us-east-1:000000000000:execution:Test:nobody', 'ExecutionDoesNotExist'],
  ['arn:aws:states:us-east-1:000000000000:execution:Other:one', 'ExecutionDoesNotExist'],
])('the execution %j is refused with %s', async (arn, name) => {
  await withEngine({ states: pass }, async (engine) => {
    await engine.startExecution({ name: 'one', input: {} });

    await expect(engine.describeExecution(arn)).rejects.toMatchObject({ name });
    await expect(engine.history(arn)).rejects.toMatchObject({ name });
    await expect(engine.stopExecution(arn)).rejects.toMatchObject({ name });
  });
});

test('a full disk stops an execution with a message, and with room again it continues', async () => {
  const clock = createClock();
  const states = { A: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: { Type: 'Pass', Output: 'done', End: true } };

  await withDirectory(async (directory) => {
    const first = await openTestEngine(directory, { states, clock });
    const { executionArn } = await first.startExecution({ input: {} });
    await clock.waiting(1);
    const write = fs.writeSync;
    const full = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw new Error('ENOSPC: no space left on device, write');
    });
    // A part of the line still finds room, as on a real disk.
    full.mockImplementationOnce(((file: number, bytes: Buffer) => write(file, bytes, 0, 8)) as typeof fs.writeSync);
    clock.advance(1_000);
    await expect(first.waitFor(executionArn)).rejects.toThrow(/^the journal .* could not be written: ENOSPC/);
    full.mockRestore();
    await first.close();
    const second = await openTestEngine(directory, { states, clock });

    expect(await second.waitFor(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    await second.close();
  });
});
