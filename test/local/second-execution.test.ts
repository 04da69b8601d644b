/** Two executions for one target: the second says who holds it, before any person is asked. */
import type { ExecutionEvent } from '#local/engine/engine';
import { finishRun, startRun } from '#local/runs';
import { withRuntime, withSandbox } from '#test/support/local-run';

test('an execution that is started while another holds the target fails in its first state and names the holder', async () => {
  await withSandbox((sandbox) => {
    let rehearsing: () => void = () => undefined;
    let goOn: () => void = () => undefined;
    const isRehearsing = new Promise<void>((resolve) => {
      rehearsing = resolve;
    });
    const mayGoOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const intercept = async (functionName: string, call: () => Promise<unknown>) => {
      if (functionName === 'DryRun') {
        rehearsing();
        await mayGoOn;
      }
      return call();
    };
    const events: ExecutionEvent[] = [];
    const onEvent = (event: ExecutionEvent) => void events.push(event);
    return withRuntime(sandbox, { intercept, onEvent }, async (runtime) => {
      const first = startRun(runtime, '001_create_jobs.sql');
      await isRehearsing;
      const { executionArn } = await runtime.engine.startExecution({
        name: 'second',
        input: { migration: '001_create_jobs.sql', startedBy: 'bob@example.org' },
      });

      const second = await finishRun(runtime, executionArn, '001_create_jobs.sql');
      goOn();
      const { runId, isSignedOff } = await first;

      expect(second).toMatchObject({
        isSignedOff: false,
        error: 'TargetIsBusy',
        message: expect.stringContaining(`run ${runId}`),
      });
      expect(events.filter(({ name, kind }) => name === 'second' && kind === 'WaitingForToken')).toEqual([]);
      expect(await runtime.ports.store.list('runs/second/')).toEqual([]);
      expect(isSignedOff).toBe(true);
    });
  });
});
