/** An execution stopped by hand has no state left that could tidy up; the run is closed all the same. */
import { PlatformFailed } from '#domain/errors';
import type { Report } from '#domain/reports/report';
import { startRun } from '#local/runs';
import { withRuntime, withSandbox } from '#test/support/local-run';

const migration = '001_create_jobs.sql';

test('a run that is stopped in its rehearsal gives target and branch free, and says in its report what became of it', async () => {
  await withSandbox((sandbox) => {
    let rehearsing: () => void = () => undefined;
    let closed: () => void = () => undefined;
    const isRehearsing = new Promise<void>((resolve) => {
      rehearsing = resolve;
    });
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let dryRuns = 0;
    const intercept = async (functionName: string, call: () => Promise<unknown>) => {
      if (functionName === 'DryRun' && ++dryRuns === 1) {
        rehearsing();
        await isClosed;
        throw new Error('nobody waits for this any more');
      }
      const result = await call();
      if (functionName === 'CloseStopped') closed();
      return result;
    };
    return withRuntime(sandbox, { intercept }, async ({ engine, ...runtime }) => {
      const ended = startRun({ engine, ...runtime }, migration);
      await isRehearsing;
      const [running] = await engine.listExecutions({ status: 'RUNNING' });
      await engine.stopExecution(running?.executionArn ?? '', { cause: 'the wrong migration' });
      const end = await ended;
      await isClosed;
      const again = await startRun({ engine, ...runtime }, migration);
      const report = JSON.parse(
        (await runtime.ports.store.read(`runs/${end.runId}/report.json`))?.toString('utf8') ?? 'null',
      ) as Report;

      expect(end).toMatchObject({ isSignedOff: false });
      expect(report).toMatchObject({ outcome: 'failed', cause: expect.stringContaining('the wrong migration') });
      expect(report.cause).toContain('Nothing was changed');
      expect(again).toMatchObject({ isSignedOff: true });
    });
  });
});

test('a step that is still at work when the program ends is not left asking a platform that is gone', async () => {
  await withSandbox(async (sandbox) => {
    const platform = await withRuntime(sandbox, { answering: false }, async ({ ports }) => ports.platform);
    const before = performance.now();

    await expect(platform.connection({ branchId: 'target' })).rejects.toThrow(PlatformFailed);

    // While a platform may be busy or away, it is asked for a quarter of a minute.
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
