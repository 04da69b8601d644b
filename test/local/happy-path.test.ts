import { readFileSync } from 'node:fs';
import path from 'node:path';
import { verifyChain } from '#domain/evidence/chain';
import type { Report } from '#domain/reports/report';
import { allBoxes } from '#lambdas/checklist';
import { copyReports, pendingMigrations, startRun } from '#local/runs';
import { readMails } from '#local/web/mail-folder';
import { readEvidenceWithRefs } from '#test/support/evidence-of-run';
import { cookieOf, withRuntime, withSandbox } from '#test/support/local-run';
import { withClient } from '#test/support/postgres';

const expectedTables = ['audit_event', 'channel_counters', 'events', 'jobs', 'markets', 'snapshots', 'users'];

test('both samples go through all 16 steps to their end, with 61 answered boxes each', async () => {
  await withSandbox((sandbox) =>
    withRuntime(sandbox, {}, async (runtime) => {
      const out = path.join(sandbox.directory, 'out');
      const pending = await pendingMigrations(runtime, null);
      const reports: (Report | null)[] = [];
      for (const migration of pending) {
        const end = await startRun(runtime, migration);
        expect(end).toMatchObject({ migration, isSignedOff: true });
        reports.push(await copyReports(runtime, end.runId, out));
      }

      expect(pending).toEqual(['001_create_jobs.sql', '002_create_core_schema.sql']);
      for (const report of reports) {
        expect(report?.boxes.map(({ id }) => id)).toEqual(allBoxes.map(({ id }) => id));
        expect(report?.boxes.filter(({ answer }) => answer === 'failed')).toEqual([]);
        // Nobody looked, so nothing is attested. What else is left open: queries of empty tables prove no time, no log is read, and a window of a second is no window of a day.
        expect(report?.boxes.filter(({ answer }) => answer === 'open').map(({ id }) => id)).toEqual([
          '1.1',
          '2.1',
          '3.3',
          '6.3',
          '11.2',
          '16.1',
          '16.2',
          '16.3',
          '16.4',
        ]);
        expect(report?.outcome).toBe('demonstration');
        expect(report?.signOff).toMatchObject({
          rollbackTested: true,
          approvedForProduction: false,
          environment: 'staging',
        });
        expect(report?.approvals.map(({ stage, decision }) => [stage, decision])).toEqual([
          ['review', 'approved'],
          ['apply', 'approved'],
        ]);
      }
      await withClient(await runtime.ports.platform.connection({ branchId: 'target' }), async (client) => {
        const tables = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
        const ledger = await client.query('SELECT version FROM migration_checklist.ledger ORDER BY 1');
        expect(tables.rows.map(({ tablename }) => tablename)).toEqual(expectedTables);
        expect(ledger.rows.map(({ version }) => version)).toEqual(['001', '002']);
      });
      for (const report of reports) {
        const stored = await readEvidenceWithRefs(runtime.ports.store, report?.runId ?? '');
        expect(verifyChain(stored)).toEqual([]);
        const proved = stored.flatMap(({ document }) => document.boxes).filter(({ answer }) => answer === 'proved');
        expect(proved.length).toBeGreaterThan(30);
        expect(proved.filter(({ facts }) => Object.keys(facts ?? {}).length === 0)).toEqual([]);
      }
      const decisions = readFileSync(path.join(sandbox.project, 'docs/decisions.md'), 'utf8');
      expect(decisions).toContain('Migration 001: 001_create_jobs.sql');
      expect(decisions).toContain('Migration 002: 002_create_core_schema.sql');
      expect(await pendingMigrations(runtime, null)).toEqual([]);
    }),
  );
});

test('no secret of a run is left in the evidence, the reports, the mails, the pages or the history', async () => {
  await withSandbox((sandbox) => {
    const taskTokens: string[] = [];
    const intercept = (_: string, call: () => Promise<unknown>, payload: unknown) => {
      const { taskToken } = (payload ?? {}) as { taskToken?: string };
      if (taskToken) taskTokens.push(taskToken);
      return call();
    };
    return withRuntime(sandbox, { intercept }, async (runtime) => {
      const events: string[] = [];
      const stop = runtime.engine.subscribe((event) => events.push(JSON.stringify(event)));
      const end = await startRun(runtime, '001_create_jobs.sql');
      stop();
      const { password } = await runtime.ports.platform.connection({ branchId: 'target' });
      const { store } = runtime.ports;
      const keys = (await store.list('runs/')).filter((key) => !key.endsWith('.gz'));
      const stored = await Promise.all(keys.map(async (key) => (await store.read(key))?.toString('utf8') ?? ''));
      const mails = await readMails([runtime.mailDirectory]);
      const codes = mails.flatMap(({ mail }) => /^Code: (\S+)$/m.exec(mail.text)?.[1] ?? []);
      const links = mails.flatMap(({ mail }) => /\/approvals\/([\w-]+)$/m.exec(mail.text)?.[1] ?? []);
      const pages = await Promise.all(
        ['/', `/runs/${end.runId}`, `/reports/${end.runId}`].map(async (path) =>
          (await fetch(`${runtime.ports.settings.pageBaseUrl}${path}`, { headers: cookieOf(runtime) })).text(),
        ),
      );
      const pagesSecret = new URL(runtime.pagesAddress).searchParams.get('key') ?? '';
      const history = JSON.stringify(await runtime.engine.history(end.executionArn));

      expect(end.isSignedOff).toBe(true);
      expect([taskTokens.length, codes.length, links.length]).toEqual([3, 2, 2]);
      expect(pagesSecret).toHaveLength(43);
      expect(pages[1]).toContain('completed');
      expect(stored.length).toBeGreaterThan(20);
      for (const text of [...stored, ...events, ...pages, history])
        for (const secret of [password, pagesSecret, ...taskTokens, ...codes, ...links])
          expect(text.includes(secret)).toBe(false);
      for (const { mail } of mails)
        for (const secret of [password, pagesSecret, ...taskTokens]) expect(mail.text.includes(secret)).toBe(false);
    });
  });
});
