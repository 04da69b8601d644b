/** One error that passes by itself, in each function that puts a question or opens the window: it costs a retry and no more. */
import { startRun } from '#local/runs';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { onTarget, reportOf, rollbackOf, statesOf } from '#test/support/run-outcome';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

type Stumble = { readonly in: string; readonly stage?: string; readonly error: Error; readonly isAfterwards?: boolean };

const throttled = named('Lambda.TooManyRequestsException', 'Rate Exceeded (429)');
const unavailable = named('StoreFailed', 'S3 SlowDown 503');
const mailRefused = named('PlatformFailed', 'the mail was not accepted: Throttling: Maximum sending rate exceeded.');

/** Each stumble happens once. */
const stumbling = (stumbles: readonly Stumble[]) => {
  const left = new Set(stumbles);
  return async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
    const { stage } = payload as { readonly stage?: string };
    const stumble = [...left].find((one) => one.in === functionName && (one.stage ?? stage) === stage);
    if (!stumble) return call();
    left.delete(stumble);
    if (stumble.isAfterwards) await call();
    throw stumble.error;
  };
};

test('questions and window survive one error each, before their work and after it, and the run is signed off', async () => {
  const stumbles: readonly Stumble[] = [
    { in: 'RequestApproval', stage: 'review', error: mailRefused },
    // The mail went out, and the answer to the function's call was lost.
    { in: 'RequestApproval', stage: 'apply', error: throttled, isAfterwards: true },
    { in: 'Monitor', error: unavailable },
    { in: 'Monitor', error: unavailable, isAfterwards: true },
  ];
  await withSandbox((sandbox) =>
    withRuntime(sandbox, { intercept: stumbling(stumbles) }, async (runtime) => {
      const end = await startRun(runtime, '001_create_jobs.sql');

      expect(end).toMatchObject({ isSignedOff: true });
      const report = await reportOf(runtime, end);
      expect(report.approvals.map(({ stage }) => stage)).toEqual(['review', 'apply']);
      const entered = await statesOf(runtime, end);
      for (const state of ['Approve review', 'Approve apply', 'Step 16: Monitor'])
        expect(entered.filter((name) => name === state)).toHaveLength(1);
    }),
  );
});

test('a rollback that is asked for with one throttled call is asked for, approved and carried out', async () => {
  const stumbles: readonly Stumble[] = [
    { in: 'VerifySchema', error: named('VerificationFailed', 'an index is missing') },
    { in: 'RequestApproval', stage: 'rollback', error: throttled },
  ];
  await withSandbox((sandbox) =>
    withRuntime(sandbox, { intercept: stumbling(stumbles) }, async (runtime) => {
      const end = await startRun(runtime, '001_create_jobs.sql');

      expect(end).toMatchObject({ isSignedOff: false, error: 'VerificationFailed' });
      expect(end.message).toContain('001_create_jobs.sql was rolled back, and the schema is the same as before');
      const { states } = await rollbackOf(runtime, end);
      expect(states).toEqual(expect.arrayContaining(['Roll back', 'Verify rollback']));
      const rows = await onTarget(runtime, 'SELECT rolled_back_at IS NOT NULL AS back FROM migration_checklist.ledger');
      expect(rows).toEqual([{ back: true }]);
    }),
  );
});
