import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { verifyChain } from '#domain/evidence/chain';
import type { Report } from '#domain/reports/report';
import { allBoxes } from '#lambdas/checklist';
import { readEvidenceWithRefs } from '#lambdas/evidence';
import { copyReports, pendingMigrations, startRun } from '#local/runs';
import { withRuntime, withSandbox } from '../support/local-run';
import { withClient } from '../support/postgres';

const expectedTables = ['audit_event', 'channel_counters', 'events', 'jobs', 'markets', 'snapshots', 'users'];

test('both samples go through all 16 steps and are signed off, with 61 answered boxes each', async () => {
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
        // What is left open: no log is read, and a window of a second is no window of a day.
        expect(report?.boxes.filter(({ answer }) => answer === 'open').map(({ id }) => id)).toEqual([
          '16.1',
          '16.2',
          '16.3',
          '16.4',
        ]);
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
      }
      const decisions = readFileSync(path.join(sandbox.project, 'docs/decisions.md'), 'utf8');
      expect(decisions).toContain('Migration 001: 001_create_jobs.sql');
      expect(decisions).toContain('Migration 002: 002_create_core_schema.sql');
      expect(await pendingMigrations(runtime, null)).toEqual([]);
    }),
  );
});

test('no secret of a run is left in the evidence, the reports or the history', async () => {
  await withSandbox((sandbox) =>
    withRuntime(sandbox, {}, async (runtime) => {
      const tokens: string[] = [];
      const invoked = runtime.engine.subscribe((event) => {
        tokens.push(JSON.stringify(event));
      });
      const end = await startRun(runtime, '001_create_jobs.sql');
      invoked();
      const { password } = await runtime.ports.platform.connection({ branchId: 'target' });
      const store = createFolderArtifactStore({ directory: path.join(sandbox.stateDirectory, 'store') });
      const keys = (await store.list('runs/')).filter((key) => !key.endsWith('.gz'));
      const texts = await Promise.all(keys.map(async (key) => (await store.read(key))?.toString('utf8') ?? ''));

      expect(end.isSignedOff).toBe(true);
      expect(keys.length).toBeGreaterThan(20);
      for (const text of [...texts, ...tokens]) {
        expect(text).not.toContain(password);
        expect(text).not.toMatch(/"taskToken"\s*:/);
      }
    }),
  );
});
