/** `startExecution.sync:2`: a state that starts an execution of another workflow and ends as that one ends. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine, EngineOptions } from '#local/engine/engine';
import { stateMachineArnOf } from '#local/engine/names';
import {
  ask,
  createClock,
  eventOf,
  handlers,
  machine,
  openTestEngine,
  typesOf,
  withDirectory,
  withEngine,
} from './support';

const other = stateMachineArnOf('Other');

const start = (more: Record<string, unknown> = {}, given: Record<string, unknown> = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Arguments: { StateMachineArn: other, Name: 'child', Input: { of: '{% $states.input.of %}' }, ...given },
  ...more,
});

const succeeds = { A: { Type: 'Succeed', Output: { got: '{% $states.input %}' } } };
const fails = { A: { Type: 'Fail', Error: 'Broken', Cause: 'it broke' } };

type Setup = { readonly parent: Record<string, unknown>; readonly child: Record<string, unknown> };

const setupOf = ({ parent, child }: Setup, more: Partial<EngineOptions> = {}) => ({
  states: parent,
  others: [{ definition: machine(child), stateMachineName: 'Other' }],
  ...more,
});

const runBoth = (both: Setup) =>
  withEngine(setupOf(both), async (engine) =>
    engine.waitFor((await engine.startExecution({ name: 'parent', input: { of: 'ada' } })).executionArn),
  );

const childOf = async (engine: Engine) => (await engine.listExecutions()).find(({ name }) => name === 'child');

test('its output is the description of the execution, whose own input and output are JSON', async () => {
  const { output } = await runBoth({ parent: { A: start({ End: true }) }, child: succeeds });

  expect(output).toMatchObject({
    Name: 'child',
    StateMachineArn: other,
    Status: 'SUCCEEDED',
    Input: { of: 'ada' },
    Output: { got: { of: 'ada' } },
  });
});

test('an execution that fails is States.TaskFailed, with its error and cause in the cause', async () => {
  const { error, cause } = await runBoth({ parent: { A: start({ End: true }) }, child: fails });

  expect(error).toBe('States.TaskFailed');
  expect(JSON.parse(cause ?? '')).toMatchObject({
    Status: 'FAILED',
    Error: 'Broken',
    Cause: 'it broke',
    Name: 'child',
  });
});

test('a name that was used, and a workflow that there is not, are refused as Step Functions refuses them', async () => {
  const caught = {
    Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'E' }],
    End: true,
  };
  const end = { Type: 'Succeed' };
  const twice = {
    parent: { A: start({ Output: { of: 'bob' }, Next: 'B' }), B: start(caught), E: end },
    child: succeeds,
  };
  const elsewhere = { parent: { A: start(caught, { StateMachineArn: `${other}2` }), E: end }, child: succeeds };

  expect((await runBoth(twice)).output).toMatchObject({ Error: 'StepFunctions.ExecutionAlreadyExistsException' });
  expect((await runBoth(elsewhere)).output).toMatchObject({ Error: 'StepFunctions.StateMachineDoesNotExistException' });
});

test('whoever is stopped, or runs out of time, stops what it has started', async () => {
  const child = { A: ask('notify', { End: true }) };
  const invoke = handlers({ notify: () => null });

  await withEngine(setupOf({ parent: { A: start({ End: true }) }, child }, { invoke }), async (engine) => {
    const waits = eventOf(engine, 'WaitingForToken');
    const { executionArn } = await engine.startExecution({ name: 'parent', input: { of: 'ada' } });
    await waits;
    await engine.stopExecution(executionArn, { cause: 'enough' });
    const { executionArn: ofChild = '' } = (await childOf(engine)) ?? {};
    expect(await engine.waitFor(ofChild)).toMatchObject({ status: 'ABORTED' });
  });

  const clock = createClock();
  const timed = setupOf({ parent: { A: start({ TimeoutSeconds: 60, End: true }) }, child }, { invoke, clock });
  await withEngine(timed, async (engine) => {
    const waits = eventOf(engine, 'WaitingForToken');
    const { executionArn } = await engine.startExecution({ name: 'parent', input: { of: 'ada' } });
    await waits;
    clock.advance(60_000);
    expect(await engine.waitFor(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const { executionArn: ofChild = '' } = (await childOf(engine)) ?? {};
    expect(await engine.waitFor(ofChild)).toMatchObject({ status: 'ABORTED' });
  });
});

/** The parent's journal as a process that died there would have left it. */
const cutAfter = (home: string, lines: number) => {
  const file = path.join(home, readdirSync(home).find((name) => name.startsWith('parent')) ?? '');
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .split(/(?<=\n)/)
      .slice(0, lines)
      .join(''),
  );
};

test('gone on from any line of its journal, it starts nothing a second time, and both end as they would have', async () => {
  const child = { A: ask('notify', { End: true }) };
  const tokens: string[] = [];
  const invoke = handlers({ notify: ({ token }: { token: string }) => void tokens.push(token) });
  const both = setupOf(
    { parent: { A: start({ Output: '{% $states.result.Output %}', End: true }) }, child },
    { invoke },
  );

  await withDirectory(async (directory) => {
    const home = path.join(directory, 'home');
    const first = await openTestEngine(home, both);
    const waits = eventOf(first, 'WaitingForToken');
    await first.startExecution({ name: 'parent', input: { of: 'ada' } });
    await waits;
    await first.close();
    const [parentJournal = ''] = readdirSync(home).filter((name) => name.startsWith('parent'));
    const count = readFileSync(path.join(home, parentJournal), 'utf8').trimEnd().split('\n').length;
    expect(count).toBe(5);
    for (let lines = 1; lines <= count; lines += 1) {
      const cut = path.join(directory, `cut-${lines}`);
      cpSync(home, cut, { recursive: true });
      cutAfter(cut, lines);
      const engine = await openTestEngine(cut, both);
      const [parent] = (await engine.listExecutions()).filter(({ name }) => name === 'parent');
      const begun = eventOf(engine, 'StateEntered');
      await begun;
      await engine.sendTaskSuccess(tokens[0] ?? '', 'answered');
      expect({ lines, ...(await engine.waitFor(parent?.executionArn ?? '')) }).toMatchObject({
        lines,
        output: 'answered',
      });
      expect(await engine.listExecutions()).toHaveLength(2);
      expect(await typesOf(engine, parent?.executionArn ?? '')).toContain('TaskSubmitted');
      await engine.close();
    }
    expect(tokens).toHaveLength(1);
  });
});
