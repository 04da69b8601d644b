/** A rollback that is asked for on the page of the run that applied it: the form starts the second workflow, and people decide as always. */
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { finishRollback, unfinishedRollbacks } from '#local/rollbacks';
import { startRun } from '#local/runs';
import { cookieOf, withRuntime, withSandbox } from '#test/support/local-run';

const target = { branchId: 'target' } as const;

test('what the form asks for is approved by a person, and taken back', async () => {
  await withSandbox(async (sandbox) => {
    await withRuntime(sandbox, {}, async (runtime) => {
      const { pageBaseUrl } = runtime.ports.settings;
      const before = fingerprintOf(await runtime.ports.database.readCatalog(target));
      const end = await startRun(runtime, '001_create_jobs.sql');
      const page = `${pageBaseUrl}/runs/${end.runId}`;
      const headers = cookieOf(runtime);
      const load = async (address: string) => (await fetch(address, { headers })).text();
      const send = () =>
        fetch(`${page}/rollback`, {
          method: 'POST',
          headers,
          redirect: 'manual',
          body: new URLSearchParams({ because: 'the jobs are wrong' }),
        });
      expect(await load(page)).toContain('001_create_jobs.sql stands. Asking decides nothing');

      const sent = await send();

      const [asked, ...others] = await unfinishedRollbacks(runtime);
      expect([sent.status, sent.headers.get('location')]).toEqual([303, `/runs/${asked?.name}`]);
      expect(others).toEqual([]);
      expect((await send()).status).toBe(409);
      expect(await load(page)).not.toContain('Ask for a rollback');
      expect(await load(`${pageBaseUrl}/runs/${asked?.name}`)).toContain('Rehearse on now');
      const rolledBack = await finishRollback(runtime, asked?.executionArn ?? '');
      expect(rolledBack).toMatchObject({ isTakenBack: true, error: null });
      expect(fingerprintOf(await runtime.ports.database.readCatalog(target))).toBe(before);
      expect((await send()).status).toBe(409);
      const opened = await runtime.ports.store.read(`runs/${rolledBack.runId}/open-rollback.json`);
      expect(opened?.toString('utf8')).toContain('the jobs are wrong');
    });
  });
});
