/** A failure injected in each step in turn: the path, the evidence and the ledger are asserted. */

import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { Report } from '#domain/reports/report';
import { checklist, namesOf } from '#lambdas/checklist';
import { startRun } from '#local/runs';
import { withRuntime, withSandbox } from '#test/support/local-run';

const migration = '001_create_jobs.sql';
const target = { branchId: 'target' } as const;

/** The steps that come after the commit; a failure in them leads to the rollback approval. */
const afterCommit = [9, 10, 11, 12, 14, 15, 16];

const steps = checklist.map((step) => ({ number: step.number, ...namesOf(step) }));

test.each(steps)('a failure in $stateName ends the run as it should', async ({ number, functionName, stateName }) => {
  await withSandbox((sandbox) => {
    const intercept = async (called: string, call: () => Promise<unknown>) => {
      if (called === functionName)
        throw Object.assign(new Error(`injected into ${functionName}`), { name: 'Injected' });
      return call();
    };
    return withRuntime(sandbox, { intercept }, async (runtime) => {
      const before = fingerprintOf(await runtime.ports.database.readCatalog(target));
      const end = await startRun(runtime, migration);
      const history = await runtime.engine.history(end.executionArn);
      const entered = history.map(({ details }) => String(details?.['name'] ?? ''));
      const report = JSON.parse(
        (await runtime.ports.store.read(`runs/${end.runId}/report.json`))?.toString('utf8') ?? 'null',
      ) as Report;
      const [entry] = await runtime.ports.database.readLedger(target);

      expect(end.isSignedOff).toBe(false);
      expect(end.error).toBe('Injected');
      expect(entered).toContain(stateName);
      expect(report.outcome).toBe('failed');
      expect(report.boxes).toHaveLength(61);
      // Whatever happened, the schema is what it was: nothing was applied, or it was rolled back after a person's approval.
      expect(fingerprintOf(await runtime.ports.database.readCatalog(target))).toBe(before);
      if (afterCommit.includes(number)) {
        expect(entered).toEqual(
          expect.arrayContaining(['Approve rollback', 'Roll back', 'Verify rollback', 'Report incident']),
        );
        expect(entry?.rolledBackAt).not.toBeNull();
        expect(report.signOff.rolledBackAt).toBe(entry?.rolledBackAt);
      } else {
        expect(entered).not.toContain('Approve rollback');
        expect(entry).toBeUndefined();
      }
    });
  });
});
