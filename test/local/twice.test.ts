/**
 * The answer of every call is lost, and the state calls again with the same payload: what a retry after a lost connection and a
 * redrive of a failed execution do. Nothing is done twice by it.
 */
import { verifyEvidence } from '#commands/verify-evidence/verify';
import type { Report } from '#domain/reports/report';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { readMails } from '#local/web/mail-folder';
import { withRuntime, withSandbox } from '#test/support/local-run';

const migration = '001_create_jobs.sql';

const reportOf = async ({ ports }: Runtime, runId: string) =>
  JSON.parse((await ports.store.read(`runs/${runId}/report.json`))?.toString('utf8') ?? 'null') as Report;

/** `broken` fails as often as it is called; every other function is called twice. */
const callTwice =
  (called: string[], broken: string | null) => async (functionName: string, call: () => Promise<unknown>) => {
    if (functionName === broken) throw Object.assign(new Error('injected'), { name: 'VerificationFailed' });
    const first = await call();
    // The sample that ends the window has its answer taken: the state that waited is gone, and nobody calls again.
    if (functionName === 'SampleActivity') return first;
    called.push(functionName);
    return call();
  };

test('a run whose every call is made twice is signed off as if each had been made once', () =>
  withSandbox((sandbox) => {
    const called: string[] = [];
    return withRuntime(sandbox, { intercept: callTwice(called, null) }, async (runtime) => {
      const end = await startRun(runtime, migration);
      const ledger = await runtime.ports.database.readLedger({ branchId: 'target' });
      const { problems } = await verifyEvidence(runtime.ports.store, end.runId, null);
      const mails = await readMails([runtime.mailDirectory]);

      expect(end).toMatchObject({ isSignedOff: true });
      expect(new Set(called).size).toBe(20);
      expect(ledger).toEqual([expect.objectContaining({ version: '001', rolledBackAt: null })]);
      expect(problems).toEqual([]);
      expect((await reportOf(runtime, end.runId)).boxes.filter(({ answer }) => answer === 'failed')).toEqual([]);
      // Two approvals, and to the team that it was applied and the hash of its sign-off.
      expect(new Set(mails.map(({ mail }) => mail.subject)).size).toBe(4);
    });
  }));

test('a rollback whose every call is made twice rolls back once', () =>
  withSandbox((sandbox) => {
    const called: string[] = [];
    return withRuntime(sandbox, { intercept: callTwice(called, 'TestConstraints') }, async (runtime) => {
      const end = await startRun(runtime, migration);
      const ledger = await runtime.ports.database.readLedger({ branchId: 'target' });
      const { problems } = await verifyEvidence(runtime.ports.store, end.runId, null);

      expect(end.error).toBe('VerificationFailed');
      expect(called).toEqual(expect.arrayContaining(['RollBack', 'VerifyRollback', 'ReportIncident', 'CloseRun']));
      expect(ledger).toEqual([expect.objectContaining({ version: '001', rolledBackAt: expect.any(String) })]);
      expect(problems).toEqual([]);
      expect((await reportOf(runtime, end.runId)).signOff.rolledBackAt).toBe(ledger[0]?.rolledBackAt);
    });
  }));
