/** Step 8 that something passing has ended, before and after its work: made again, bounded, without asking anybody again. */
import { startRun } from '#local/runs';
import { isTargetFree, wayToSignOff } from '#test/support/faulty-run';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { boxOf, onTarget, reportOf, statesOf } from '#test/support/run-outcome';

const unreachable = () => Object.assign(new Error('the session was lost'), { name: 'DatabaseUnreachable' });

/** The first calls of Step 8 fail, before or after their work. */
const failing = (times: number, isAfterwards = false) => {
  let calls = 0;
  return async (functionName: string, call: () => Promise<unknown>) => {
    if (functionName !== 'ApplyMigration' || calls >= times) return call();
    calls += 1;
    if (isAfterwards) await call();
    throw unreachable();
  };
};

const applied = (entered: readonly string[]) => entered.filter((name) => name === 'Step 8: Apply migration').length;

test('an apply that lost its connection twice is made a third time under the same approval, and the run is signed off', () =>
  withSandbox((sandbox) =>
    withRuntime(sandbox, { intercept: failing(2) }, async (runtime) => {
      const end = await startRun(runtime, '001_create_jobs.sql');

      expect(end).toMatchObject({ isSignedOff: true });
      const entered = await statesOf(runtime, end);
      expect(applied(entered)).toBe(3);
      expect(entered.filter((name) => wayToSignOff.includes(name) && name !== 'Step 8: Apply migration')).toEqual(
        wayToSignOff.filter((name) => name !== 'Step 8: Apply migration'),
      );
      const report = await reportOf(runtime, end);
      expect(report.approvals.map(({ stage }) => stage)).toEqual(['review', 'apply']);
      expect(boxOf(report, '8.2')?.reason).toMatch(
        /it was interrupted before \(DatabaseUnreachable, not committed; DatabaseUnreachable, not committed\) and made again$/,
      );
      expect(await onTarget(runtime, 'SELECT count(*)::int4 AS rows FROM migration_checklist.ledger')).toEqual([
        { rows: 1 },
      ]);
    }),
  ));

test('a connection that is lost at every attempt closes the run after four of them, and nothing is applied', () =>
  withSandbox((sandbox) =>
    withRuntime(sandbox, { intercept: failing(9) }, async (runtime) => {
      const end = await startRun(runtime, '001_create_jobs.sql');

      expect(end).toMatchObject({ isSignedOff: false, error: 'DatabaseUnreachable' });
      expect(end.message).toContain('Step 8: Apply migration: the session was lost. Nothing was changed on the target');
      expect(applied(await statesOf(runtime, end))).toBe(4);
      expect(await isTargetFree(runtime)).toBe(true);
    }),
  ));
