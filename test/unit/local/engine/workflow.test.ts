/** The real workflow files on the engine, with handlers that do nothing: the paths it can take. */

import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import type { Engine, ExecutionEvent } from '#local/engine/engine';
import { functionArns } from '#local/functions';
import { workflowsHere } from '#local/workflows';
import { createClock, handlers, Named, withEngine } from './support';

const evidence = { key: 'runs/r/x.json', sha256: 'x' };
const run = { runId: 'r', approvalTimeoutSeconds: 3_600, monitorSeconds: 60 };

const answers: Readonly<Record<string, object>> = {
  OpenRun: { run },
  EnvironmentCheck: { baseline: evidence },
  CreateBranch: { branch: { branchId: 'b', name: 'rehearsal' } },
  DryRun: { catalogBefore: evidence, catalogAfter: evidence },
  EstablishOutcome: { outcome: 'committed' },
  SignOff: { signOff: { approvedForProduction: false } },
  CloseRun: { error: 'Closed', cause: 'the run was closed', isTakenBack: false },
  OpenRollback: { run: { ...run, runId: 'rollback-r' }, failure: { cause: 'it rang' } },
  RehearseRollback: { branch: { branchId: 'c', name: 'now' }, rehearsal: { catalogBefore: evidence } },
  EstablishRollback: { rollback: { outcome: 'rolled back' }, isReported: true },
};

type Payload = { readonly stage?: string; readonly taskToken?: string; readonly failure?: unknown };
type Answer = 'approved' | 'rejected' | 'expired' | 'alarm' | 'quiet';

type Plan = {
  /** By stage, and `monitor`; approved and quiet when left out. */
  readonly people?: Readonly<Record<string, Answer>>;
  /** Functions that throw an error of this name, for ever. */
  readonly broken?: Readonly<Record<string, string>>;
  /** What functions answer otherwise than usual. */
  readonly answering?: Readonly<Record<string, object>>;
};

/** Runs the workflow once; `visited` are its states in the order they were entered, `back` those of the rollback that it asked for. */
const follow = async ({ people = {}, broken = {}, answering = {} }: Plan) => {
  const clock = createClock({ skips: false });
  const asked: string[] = [];
  let engine: Engine | undefined;
  const byName = Object.fromEntries(
    Object.keys(functionArns).map((arn) => {
      const name = arn.replace(/Arn$/, '');
      const handle = ({ stage = 'monitor', taskToken = '', failure }: Payload) => {
        if (broken[name] !== undefined) throw new Named(broken[name]);
        if (taskToken === '')
          return { evidence, ...answers[name], ...(failure !== undefined && { failure }), ...answering[name] };
        asked.push(stage);
        const answer = people[stage] ?? (stage === 'monitor' ? 'quiet' : 'approved');
        if (answer === 'expired') return clock.advance(2 * 3_600_000);
        const said =
          stage === 'monitor' ? { outcome: answer, summary: 's' } : { decision: answer, by: 'a', reason: 'r' };
        return engine?.sendTaskSuccess(taskToken, { evidence, ...said });
      };
      return [name, handle];
    }),
  );
  // Retries and timeouts are as good as over when they are waited for; only the call itself takes no time.
  const hurrying = {
    now: clock.now,
    wait: async (milliseconds: number, signal: AbortSignal) => {
      if (milliseconds > 60_000) return clock.wait(milliseconds, signal);
      clock.advance(milliseconds);
    },
  };
  const options = {
    ...workflowsHere(),
    clock: hurrying,
    random: () => 0.5,
    invoke: handlers(byName),
  };
  return withEngine(options, async (opened) => {
    engine = opened;
    const events: ExecutionEvent[] = [];
    opened.subscribe((event) => events.push(event));
    const { executionArn } = await opened.startExecution({ input: { migration: '001_create_jobs.sql' } });
    const description = await opened.waitFor(executionArn);
    const entered = events.filter(({ kind }) => kind === 'StateEntered');
    const [visited = [], back = []] = [true, false].map((isFirst) =>
      entered.flatMap(({ state, ...event }) =>
        (event.executionArn === executionArn) === isFirst ? (state ?? []) : [],
      ),
    );
    return { ...description, visited, back, asked, events };
  });
};

test('the happy path goes through all 16 steps and ends with the sign-off', async () => {
  const { status, output, visited, asked } = await follow({});

  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { approvedForProduction: false } });
  const steps = visited.flatMap((name) => /^Step (\d+):/.exec(name)?.[1] ?? []).map(Number);
  expect([...steps].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  expect(steps.indexOf(13)).toBeLessThan(steps.indexOf(7));
  expect(asked).toEqual(['review', 'apply', 'monitor']);
});

test.each(['review', 'apply'])('the %s approval refused closes the run before anything is applied', async (stage) => {
  const { status, error, visited } = await follow({ people: { [stage]: 'rejected' } });

  expect({ status, error }).toEqual({ status: 'FAILED', error: 'Closed' });
  expect(visited).not.toContain('Step 8: Apply migration');
  expect(visited.slice(-3)).toEqual([
    `${stage === 'review' ? 'Review' : 'Apply'} approved?`,
    'Close run',
    'Run failed',
  ]);
});

test.each(['review', 'apply'])('the %s approval expired closes the run', async (stage) => {
  const { error, visited, events } = await follow({ people: { [stage]: 'expired' } });

  expect(error).toBe('Closed');
  expect(visited.slice(-3)).toEqual([`Approve ${stage}`, 'Close run', 'Run failed']);
  expect(events.find(({ kind }) => kind === 'StateCaught')).toMatchObject({ error: 'States.Timeout' });
});

const asksForRollback = ['Ask for the rollback', 'Establish rollback', 'Was it reported?'];
const untilAsked = [
  'Open rollback',
  'Rehearse on now',
  'Step 5: Back up database',
  'Find blockers',
  'Approve rollback',
];

test.each([
  ['approved', ['Rollback approved?', 'Roll back', 'Verify rollback', 'Report incident', 'Close run']],
  ['rejected', ['Rollback approved?', 'Close run']],
  ['expired', ['Close run']],
] as const)('an alarm while monitoring, the rollback %s', async (answer, path) => {
  const { error, visited, back } = await follow({ people: { monitor: 'alarm', rollback: answer } });

  expect(error).toBe('Closed');
  expect(visited.slice(-6)).toEqual(['Was it quiet?', ...asksForRollback, 'Close run', 'Run failed']);
  expect(back).toEqual([...untilAsked, ...path, 'Was it taken back?', 'Run failed']);
});

test.each([
  [
    'its run has not reported it',
    { answering: { EstablishRollback: { rollback: {}, isReported: false } } },
    asksForRollback,
  ],
  [
    'it could not be opened',
    {
      broken: { OpenRollback: 'MigrationRefused' },
      answering: { EstablishRollback: { rollback: {}, isReported: false } },
    },
    asksForRollback,
  ],
  ['nobody knows what became of it', { broken: { EstablishRollback: 'StoreFailed' } }, asksForRollback.slice(0, 2)],
] as const)('the run reports the incident itself where %s', async (_, plan, path) => {
  const { error, visited } = await follow({ people: { monitor: 'alarm' }, ...plan });

  expect(error).toBe('Closed');
  expect(visited.slice(-path.length - 3)).toEqual([...path, 'Report incident', 'Close run', 'Run failed']);
});

test('the rollback is named after the run, whose longest name it can have', async () => {
  const { visited } = await follow({
    people: { monitor: 'alarm' },
    answering: { OpenRun: { run: { ...run, runId: 'x'.repeat(80) } } },
  });

  // A name that is too long would be refused, and the run would report the incident itself.
  expect(visited).not.toContain('Report incident');
  expect(rollbackRunOf('x'.repeat(80))).toHaveLength(79);
});

test('a failing step of the review closes the run', async () => {
  const { error, visited } = await follow({ broken: { SchemaValidation: 'MigrationRefused' } });

  expect(error).toBe('Closed');
  expect(visited).not.toContain('Approve review');
});

test('a lock that is never granted is tried 16 times, then the ledger is asked', async () => {
  const { visited, events } = await follow({ broken: { ApplyMigration: 'LockNotAvailable' } });

  const retried = events.filter(({ kind, state }) => kind === 'TaskRetried' && state === 'Step 8: Apply migration');
  expect(retried).toHaveLength(15);
  // Without jitter: a shorter pause would stall the table for a larger share of the time.
  expect(Math.max(...retried.map(({ durationMs = 0 }) => durationMs))).toBe(20_000);
  expect(visited).toContain('Establish outcome');
});

test('an unknown outcome of the apply is never retried', async () => {
  const { visited, events } = await follow({ broken: { ApplyMigration: 'OutcomeUnknown' } });

  expect(events.filter(({ kind }) => kind === 'TaskRetried')).toEqual([]);
  expect(visited[visited.indexOf('Step 8: Apply migration') + 1]).toBe('Establish outcome');
});

test('a run that cannot even be opened fails with the error of its function', async () => {
  const { status, error, visited } = await follow({ broken: { OpenRun: 'InvalidInput' } });

  expect({ status, error, visited }).toEqual({ status: 'FAILED', error: 'InvalidInput', visited: ['Open run'] });
});

describe('a migration whose locks are not granted', () => {
  const blocked = { ApplyMigration: 'LockNotAvailable' };
  const notCommitted = { EstablishOutcome: { outcome: 'not committed', interruptions: [], mayTryAgain: false } };

  test('is tried again as often as people say, five times at most', async () => {
    const { error, visited, asked } = await follow({ broken: blocked, answering: notCommitted });

    expect(error).toBe('Closed');
    expect(asked).toEqual(['review', 'apply', 'again-1', 'again-2', 'again-3', 'again-4', 'again-5']);
    expect(visited.filter((name) => name === 'Step 8: Apply migration')).toHaveLength(6);
    expect(visited.slice(-3)).toEqual(['Was it committed?', 'Close run', 'Run failed']);
  });

  test.each(['rejected', 'expired'] as const)('ends when that is %s', async (answer) => {
    const { visited, asked } = await follow({
      broken: blocked,
      answering: notCommitted,
      people: { 'again-2': answer },
    });

    expect(asked).toEqual(['review', 'apply', 'again-1', 'again-2']);
    expect(visited.filter((name) => name === 'Connect again')).toHaveLength(1);
    expect(visited.slice(-2)).toEqual(['Close run', 'Run failed']);
  });

  test.each([
    ['given up', { people: { 'again-1': 'rejected' } }, 'Another attempt approved?'],
    ['left without an answer', { people: { 'again-1': 'expired' } }, 'Approve another attempt'],
    ['found changed', { broken: { ...blocked, ConnectAgain: 'VerificationFailed' } }, 'Connect again'],
  ] as const)('of which a part is committed is put up for its rollback when it is %s', async (_, plan, last) => {
    const failure = { error: 'LockNotAvailable', committed: true, standing: 'partly applied' };
    const partly = { ...notCommitted.EstablishOutcome, outcome: 'partly applied', failure };
    const { visited } = await follow({ broken: blocked, ...plan, answering: { EstablishOutcome: partly } });

    expect(visited.slice(visited.indexOf(last), visited.indexOf(last) + 3)).toEqual([
      last,
      'Is a part of it committed?',
      'Ask for the rollback',
    ]);
  });

  test('is asked about again where staging cannot even be looked at', async () => {
    const { visited, asked } = await follow({
      broken: { ...blocked, ConnectAgain: 'LockNotAvailable' },
      answering: notCommitted,
    });

    expect(asked.slice(2)).toEqual(['again-1', 'again-2', 'again-3', 'again-4', 'again-5']);
    expect(visited.filter((name) => name === 'Step 8: Apply migration')).toHaveLength(1);
    expect(visited.slice(-4)).toEqual([
      'May it be asked again?',
      'Is a part of it committed?',
      ...['Close run', 'Run failed'],
    ]);
  });
});

describe('a rollback whose locks are not granted', () => {
  const blocked = { RollBack: 'LockNotAvailable' };
  const alarm = { monitor: 'alarm' } as const;
  const closed = ['Close run', 'Was it taken back?', 'Run failed'];

  test('is tried again as often as people say, five times at most, each time with a new look at who blocks', async () => {
    const { back, asked } = await follow({ broken: blocked, people: alarm });

    expect(asked.slice(3)).toEqual(['rollback', ...[1, 2, 3, 4, 5].map((round) => `rollback-again-${round}`)]);
    expect(back.filter((name) => name === 'Roll back')).toHaveLength(6);
    expect(back.filter((name) => name === 'Find blockers again')).toHaveLength(5);
    expect(back.slice(-5)).toEqual(['May the rollback be tried again?', 'Report incident', ...closed]);
  });

  test.each([
    ['rejected', ['Another rollback attempt approved?']],
    ['expired', []],
  ] as const)('is reported when that is %s', async (answer, choice) => {
    const { back } = await follow({ broken: blocked, people: { ...alarm, 'rollback-again-1': answer } });

    const last = ['Find blockers again', 'Approve another rollback attempt', ...choice, 'Report incident', ...closed];
    expect(back.slice(-last.length)).toEqual(last);
  });

  test('that fails otherwise is reported at once', async () => {
    const { back } = await follow({ broken: { RollBack: 'StatementFailed' }, people: alarm });

    expect(back.slice(-5)).toEqual(['May the rollback be tried again?', 'Report incident', ...closed]);
  });

  test('is asked about though nobody could look at who blocks', async () => {
    const { back } = await follow({ broken: { ...blocked, FindBlockers: 'DatabaseUnreachable' }, people: alarm });

    expect(back.filter((name) => name === 'Roll back')).toHaveLength(6);
  });
});
