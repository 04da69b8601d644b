/** Nobody hears whether a rollback was committed: the ledger is asked, and what it cannot say either stops the next start. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { type Fault, faultFor, injected, schemaOf } from '#test/support/faulty-run';
import { hurriedClock } from '#test/support/hurried-clock';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, reportOf, statesOf } from '#test/support/run-outcome';

const target = { branchId: 'target' } as const;

const unheard: Fault = { in: 'RollBack', isAfterwards: true, error: 'OutcomeUnknown' };

test('a rollback whose answer does not come is what the ledger says of it, and unresolved where that cannot be asked', async () => {
  await withSandbox((sandbox) => {
    let now: readonly Fault[] = [];
    let calls = 0;
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      const fault = faultFor(now, functionName, payload);
      if (!fault) return call();
      calls += 1;
      if (fault.isAfterwards) await call();
      throw injected(functionName, fault);
    };
    return withRuntime(sandbox, { intercept, engineClock: hurriedClock() }, async (runtime: Runtime) => {
      const stateOf = async (version: string) =>
        (await runtime.ports.database.readLedger(target)).find((row) => row.version === version)?.state?.state;
      const takeBack = async (migration: string, faults: readonly Fault[]) => {
        [now, calls] = [faults, 0];
        const end = await startRollback(runtime, { migration, because: 'it is wrong' });
        now = [];
        expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
        return { end, states: await statesOf(runtime, end), report: await reportOf(runtime, end), calls };
      };
      await startRun(runtime, '001_create_jobs.sql');
      const before = await schemaOf(runtime);
      await startRun(runtime, '002_create_core_schema.sql');

      const made = await takeBack('002', [unheard]);
      expect(made.calls).toBeGreaterThan(1);
      expect(made.end).toMatchObject({
        isTakenBack: true,
        message: expect.stringContaining('schema is the same as before'),
      });
      expect(made.states.slice(-5)).toEqual([
        'Verify rollback',
        'Report incident',
        'Close run',
        'Was it taken back?',
        'Rolled back',
      ]);
      expect(boxOf(made.report, '8.2')?.reason).toMatch(
        /the answer of its rollback did not come, and the ledger says that it was rolled back on .*, approved by .*; the catalog after/,
      );
      expect(boxOf(made.report, '8.2')?.answer).toBe('proved');
      expect(await schemaOf(runtime)).toBe(before);
      expect(await stateOf('002')).toBe('rolled back');

      const notMade = await takeBack('001', [{ in: 'RollBack', error: 'Sandbox.Timedout' }]);
      expect(notMade.calls).toBe(2);
      expect(notMade.end.message).toContain('The rollback of 001_create_jobs.sql failed: injected into RollBack');
      expect(notMade.states).toContain('Verify rollback');
      expect(await schemaOf(runtime)).toBe(before);

      const unknown = await takeBack('001', [unheard, { in: 'VerifyRollback', error: 'DatabaseUnreachable' }]);
      const third =
        '-- Purpose: notes\nCREATE TABLE notes (id bigint PRIMARY KEY);\n-- ROLLBACK\n--   DROP TABLE notes;\n';
      await writeFile(path.join(sandbox.project, 'migrations/003_notes.sql'), third);
      const next = await startRun(runtime, '003_notes.sql');
      expect(unknown.end.message).toContain(
        'It is not known whether 001_create_jobs.sql was rolled back: injected into VerifyRollback. npm run status says',
      );
      expect(await schemaOf(runtime)).not.toBe(before);
      expect(await stateOf('001')).toBe('rolled back, and differs');
      expect(next).toMatchObject({
        error: 'MigrationRefused',
        message: expect.stringContaining('001_create_jobs.sql was rolled back, and'),
      });
    });
  });
}, 600_000);
