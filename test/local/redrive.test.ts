/** Step Functions lets a stopped execution be redriven from where it was. Its run was closed meanwhile, so nothing may go on. */
import { findHandler } from '#local/functions';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';

type Call = { readonly functionName: string; readonly payload: unknown };

const contentsOf = async ({ ports }: Runtime, runId: string) => {
  const keys = await ports.store.list(`runs/${runId}/`);
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, (await ports.store.read(key))?.toString('base64')] as const)),
  );
};

/** A run that is stopped while its target is watched, with every call that its states had made. */
const stopWhileWatching = async (work: (runtime: Runtime, runId: string, calls: readonly Call[]) => Promise<void>) =>
  withSandbox((sandbox) => {
    const calls: Call[] = [];
    let watching: () => void = () => undefined;
    let closed: () => void = () => undefined;
    const isWatching = new Promise<void>((resolve) => {
      watching = resolve;
    });
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      calls.push({ functionName, payload });
      const result = await call();
      if (functionName === 'Monitor') watching();
      if (functionName === 'CloseStopped') closed();
      return result;
    };
    return withRuntime(sandbox, { intercept, options: optionsFor(sandbox, '--monitor', '1h') }, async (runtime) => {
      const ended = startRun(runtime, '001_create_jobs.sql');
      await isWatching;
      const [running] = await runtime.engine.listExecutions({ status: 'RUNNING' });
      await runtime.engine.stopExecution(running?.executionArn ?? '', { cause: 'by hand' });
      const { runId } = await ended;
      await isClosed;
      await work(runtime, runId, calls);
    });
  });

test('no state of a closed run does anything when its execution is redriven', async () => {
  await stopWhileWatching(async (runtime, runId, calls) => {
    const { ports } = runtime;
    const states = calls.filter(({ functionName }) => !['CloseStopped', 'SampleActivity'].includes(functionName));
    const before = await contentsOf(runtime, runId);
    const ledger = await ports.database.readLedger({ branchId: 'target' });

    const outcomes = await Promise.all(
      states.map(async ({ functionName, payload }) => ({
        functionName,
        error: await findHandler(functionName)(payload, ports).catch((error: Error) => error),
      })),
    );

    expect(new Set(states.map(({ functionName }) => functionName)).size).toBeGreaterThan(18);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        error: { name: 'MigrationRefused', message: expect.stringMatching(/was closed|was applied at|npm run settle/) },
      });
    expect(await contentsOf(runtime, runId)).toEqual(before);
    expect(await ports.database.readLedger({ branchId: 'target' })).toEqual(ledger);
  });
});

test('a closed run that is closed again says what it said, and writes nothing', async () => {
  await stopWhileWatching(async (runtime, runId, calls) => {
    const { run } = (calls.find(({ functionName }) => functionName === 'CodeReview')?.payload ?? {}) as {
      run: unknown;
    };
    const before = await contentsOf(runtime, runId);

    const again = await findHandler('CloseRun')(
      {
        run,
        previous: [],
        branch: null,
        decision: null,
        rollback: null,
        failure: {
          state: 'Step 9: Verify schema',
          error: 'MigrationRefused',
          cause: 'the run was closed',
          committed: true,
        },
      },
      runtime.ports,
    );

    expect(again).toMatchObject({ error: 'ABORTED', cause: expect.stringContaining('by hand') });
    expect(await contentsOf(runtime, runId)).toEqual(before);
  });
});
