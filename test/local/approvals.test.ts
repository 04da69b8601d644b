/** Every approval rejected and every approval expired: the run ends cleanly, and what it says of the target is true. */
import type { Stage } from '#domain/approvals/stages';
import type { Report } from '#domain/reports/report';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { answerMails } from '#test/support/answer-mails';
import { readEvidence } from '#test/support/evidence-of-run';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';
import { rollbackOf } from '#test/support/run-outcome';

const migration = '001_create_jobs.sql';

const reportOf = async ({ ports }: Runtime, runId: string) =>
  JSON.parse((await ports.store.read(`runs/${runId}/report.json`))?.toString('utf8') ?? 'null') as Report;

/** The rehearsal's branch is gone: the platform does not know it any more. Null when the run never made one. */
const branchIsGone = async ({ ports }: Runtime, runId: string) => {
  const made = (await readEvidence(ports.store, runId)).find(({ name }) => name === 'create-branch');
  if (!made) return null;
  const { branchId } = made.facts['branch'] as { branchId: string };
  return ports.platform.connection({ branchId }).then(
    () => false,
    () => true,
  );
};

/** A constraint test that fails after the commit, so that the rollback is asked for. */
const breakStep10 = async (functionName: string, call: () => Promise<unknown>) => {
  if (functionName === 'TestConstraints') throw Object.assign(new Error('injected'), { name: 'VerificationFailed' });
  return call();
};

const stages: readonly { readonly stage: Stage; readonly isApplied: boolean }[] = [
  { stage: 'review', isApplied: false },
  { stage: 'apply', isApplied: false },
  { stage: 'rollback', isApplied: true },
];

test.each(stages)(
  'rejected at $stage: the run fails by name, says by whom, and leaves no branch',
  async ({ stage, isApplied }) => {
    await withSandbox((sandbox) =>
      withRuntime(sandbox, { answering: false, intercept: breakStep10 }, async (runtime) => {
        const stop = answerMails(runtime, (asked) => (asked === stage ? 'rejected' : 'approved'));
        const end = await startRun(runtime, migration);
        stop();
        const report = await reportOf(runtime, end.runId);
        const ledger = await runtime.ports.database.readLedger({ branchId: 'target' });

        expect(end.isSignedOff).toBe(false);
        expect(end.error).toBe(isApplied ? 'VerificationFailed' : 'ApprovalRejected');
        expect(report.outcome).toBe('failed');
        const asking = isApplied ? (await rollbackOf(runtime, end)).report : report;
        expect(asking?.approvals.at(-1)).toMatchObject({ stage, decision: 'rejected', by: 'approver@localhost' });
        if (isApplied) expect(end.message).toContain('approver@localhost rejected the rollback (rejected by the test)');
        expect(ledger.length).toBe(isApplied ? 1 : 0);
        expect(ledger.every(({ rolledBackAt }) => rolledBackAt === null)).toBe(true);
        expect(await branchIsGone(runtime, end.runId)).toBe(stage === 'review' ? null : true);
      }),
    );
  },
);

test.each(stages)('expired at $stage: the run ends in time with its report', async ({ stage, isApplied }) => {
  await withSandbox((sandbox) => {
    const options = optionsFor(sandbox, '--approval-timeout', '6s');
    return withRuntime(sandbox, { answering: false, intercept: breakStep10, options }, async (runtime) => {
      const stop = answerMails(runtime, (asked) => (asked === stage ? 'leave' : 'approved'));
      const end = await startRun(runtime, migration);
      stop();
      const report = await reportOf(runtime, end.runId);

      expect(end.isSignedOff).toBe(false);
      expect(end.message).toMatch(isApplied ? /nobody answered in time whether to roll it back/ : /^Nobody decided/);
      expect(report.boxes).toHaveLength(61);
      expect(report.signOff.appliedAt === null).toBe(!isApplied);
      expect(await branchIsGone(runtime, end.runId)).toBe(stage === 'review' ? null : true);
    });
  });
});
