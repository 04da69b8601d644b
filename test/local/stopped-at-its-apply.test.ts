/** A function goes on after its execution was stopped: what the closing says of the target must stay true. */
import type { Report } from '#domain/reports/report';
import { startRun } from '#local/runs';
import { withRuntime, withSandbox } from '#test/support/local-run';

const migration = '001_create_jobs.sql';

const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
};

test('a run that is stopped at the door of its apply applies nothing afterwards, as its report says', () =>
  withSandbox(async (sandbox) => {
    const [applying, closed, applied] = [gate(), gate(), gate()];
    let refusal: Error | null = null;
    const intercept = async (functionName: string, call: () => Promise<unknown>) => {
      if (functionName !== 'ApplyMigration') {
        const result = await call();
        if (functionName === 'CloseStopped') closed.open();
        return result;
      }
      applying.open();
      return call().finally(applied.open);
    };
    await withRuntime(sandbox, { intercept }, async ({ engine, ...runtime }) => {
      const { database } = runtime.ports;
      // The function has read its approvals and comes to the database only when the run is closed.
      const apply = database.applyMigration;
      Object.assign(database, {
        applyMigration: async (...plan: Parameters<typeof apply>) => {
          await closed.opened;
          return apply(...plan).catch((error: Error) => {
            refusal = error;
            throw error;
          });
        },
      });
      const ended = startRun({ engine, ...runtime }, migration);
      await applying.opened;
      const [running] = await engine.listExecutions({ status: 'RUNNING' });
      await engine.stopExecution(running?.executionArn ?? '', { cause: 'not today' });
      const { runId } = await ended;
      await applied.opened;

      const text = (await runtime.ports.store.read(`runs/${runId}/report.json`))?.toString('utf8') ?? 'null';
      expect((JSON.parse(text) as Report).cause).toContain('Nothing was changed');
      expect(refusal).toMatchObject({
        name: 'MigrationRefused',
        message: expect.stringContaining(`run ${runId} does not hold the target any more`),
      });
      expect(await database.readLedger({ branchId: 'target' })).toEqual([]);
      expect((await database.readTargetState({ branchId: 'target' })).lease).toBeNull();
    });
  }));
