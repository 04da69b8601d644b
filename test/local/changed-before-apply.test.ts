/** Somebody changes the target while people are asked: what was rehearsed and approved was another schema, so nothing is applied. */
import { startRun } from '#local/runs';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { withClient } from '#test/support/postgres';

const target = { branchId: 'target' } as const;

test('a target that was changed after its rehearsal is left alone, and the difference is named', () =>
  withSandbox(async (sandbox) => {
    const called: string[] = [];
    let change = async () => undefined as unknown;
    const intercept = async (functionName: string, call: () => Promise<unknown>) => {
      called.push(functionName);
      if (functionName === 'Connect') await change();
      return call();
    };
    await withRuntime(sandbox, { intercept }, async (runtime) => {
      const { database, platform } = runtime.ports;
      change = async () =>
        withClient(await platform.connection(target), (client) => client.query('CREATE TABLE by_somebody_else ()'));

      const end = await startRun(runtime, '001_create_jobs.sql');

      expect(end).toMatchObject({ error: 'VerificationFailed', isSignedOff: false });
      expect(end.message).toContain(
        "the target's schema is not the one that was rehearsed any more: + CREATE TABLE public.by_somebody_else ()",
      );
      expect(called).not.toContain('ApplyMigration');
      expect(await database.readLedger(target)).toEqual([]);
      expect((await database.readTargetState(target)).lease).toBeNull();
    });
  }));
