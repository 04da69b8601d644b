/** The rollback of a failed run is stopped, or its name belongs to another one: the failed run says what is so, and no more. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import { finishRollback, startRollback } from '#local/rollbacks';
import { finishRun, startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { rollbackArn, rollbackExecutionOf } from '#local/workflows';
import { answerMails } from '#test/support/answer-mails';
import { hurriedClock } from '#test/support/hurried-clock';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { reportOf, statesOf } from '#test/support/run-outcome';

const target = { branchId: 'target' } as const;

const untilCalled = () => {
  let call: () => void = () => undefined;
  const called = new Promise<void>((resolve) => {
    call = resolve;
  });
  return { call, called };
};

/** The texts of the mails to the team with such a subject. */
const mailsAbout = async ({ mailDirectory, ports }: Runtime, subject: string): Promise<readonly string[]> => {
  const read = await Promise.all((await listMails(mailDirectory)).map((file) => readMail(mailDirectory, file)));
  const { teamAddress } = ports.settings;
  return read.flatMap((one) =>
    one?.mail.subject.includes(subject) && one.mail.to.includes(teamAddress) ? [one.mail.text] : [],
  );
};

/** A run fails after its commit, and its rollback is stopped when this function is called; it is closed after the failed run has looked. */
const withStoppedRollback = (
  at: string,
  work: (runtime: Runtime, end: Awaited<ReturnType<typeof startRun>>, looks: number) => Promise<void>,
) =>
  withSandbox((sandbox) => {
    const looked = untilCalled();
    let looks = 0;
    let opened: Runtime | null = null;
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      if (functionName === 'TestConstraints') throw new Error('a constraint does not hold');
      const { stage, run } = payload as { readonly stage?: string; readonly run?: { readonly runId: string } };
      if (functionName === at && (stage ?? 'rollback') === 'rollback') {
        const executionArn = rollbackExecutionOf(run?.runId ?? '');
        await opened?.engine.stopExecution(executionArn, { error: 'Stopped', cause: 'ada wants to look first' });
        throw new Error('nobody waits for this any more');
      }
      if (functionName === 'CloseStopped') await looked.called;
      if (functionName !== 'EstablishRollback') return call();
      looks += 1;
      return call().finally(looked.call);
    };
    return withRuntime(sandbox, { intercept, engineClock: hurriedClock() }, async (runtime) => {
      opened = runtime;
      const end = await startRun(runtime, '001_create_jobs.sql');
      expect(await statesOf(runtime, end)).toContain('Establish rollback');
      await work(runtime, end, looks);
      for (const runId of [end.runId, rollbackRunOf(end.runId)])
        expect((await verifyEvidence(runtime.ports.store, runId, null)).problems).toEqual([]);
    });
  });

test('a rollback that is stopped while people are asked was stopped, and the failed run waits until it is closed to say so', async () => {
  await withStoppedRollback('RequestApproval', async (runtime, end, looks) => {
    const [entry] = await runtime.ports.database.readLedger(target);
    const back = await reportOf(runtime, { runId: rollbackRunOf(end.runId) });

    expect(looks).toBeGreaterThan(1);
    expect(end.message).toContain(
      '001_create_jobs.sql is still applied on the target: its rollback was stopped before anything was rolled back (ada wants to look first)',
    );
    expect(end.message).not.toContain('nobody could be asked');
    expect(back.cause).toContain(
      'The rollback was stopped: ada wants to look first. 001_create_jobs.sql stands as it did',
    );
    expect(entry?.state?.state).toBe('stands without a sign-off');
    expect(await mailsAbout(runtime, 'its rollback has ended without an incident report')).toEqual([
      expect.stringContaining('The rollback was stopped: ada wants to look first.'),
    ]);
  });
});

test('a rollback that is stopped after it was made was made, whatever the failed run could read at first', async () => {
  await withStoppedRollback('VerifyRollback', async (runtime, end, looks) => {
    const [entry] = await runtime.ports.database.readLedger(target);

    expect(looks).toBeGreaterThan(1);
    expect(end.message).toContain('001_create_jobs.sql was rolled back, but the schema could not be compared');
    expect(end.message).not.toContain('still applied');
    expect(entry?.rolledBackAt).not.toBeNull();
    expect(entry?.state?.state).toBe('rolled back, and differs');
  });
});

test('a rollback of another version under the name that is meant for a run is not believed to be its own', async () => {
  await withSandbox((sandbox) => {
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      const { run } = payload as { readonly run?: { readonly migration: string } };
      if (functionName === 'TestConstraints' && run?.migration.startsWith('002'))
        throw new Error('a constraint does not hold');
      return call();
    };
    return withRuntime(sandbox, { intercept, answering: false, engineClock: hurriedClock() }, async (runtime) => {
      const { engine } = runtime;
      const stop = answerMails(runtime, (stage) => (stage === 'rollback' ? 'rejected' : 'approved'));
      const first = await startRun(runtime, '001_create_jobs.sql');
      const other = await engine.startExecution({
        stateMachineArn: rollbackArn,
        name: rollbackRunOf('second-run'),
        input: { migration: first.runId, startedBy: 'ada@example.org' },
      });
      expect((await finishRollback(runtime, other.executionArn)).error).toBe('RollbackRejected');
      const { executionArn } = await engine.startExecution({
        name: 'second-run',
        input: { migration: '002_create_core_schema.sql', startedBy: 'ben@example.org' },
      });
      const end = await finishRun(runtime, executionArn, '002_create_core_schema.sql');
      stop();

      expect(end.message).toContain(
        'what became of its rollback could not be found out (run rollback-second-run, which has the name that the rollback of run second-run takes, is a rollback of 001_create_jobs.sql that ada@example.org asked for',
      );
      expect(end.message).not.toContain('rejected');
      expect(await readdir(path.join(sandbox.project, 'ops/postmortems'))).toHaveLength(1);
      expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
    });
  });
});

test('a rollback whose incident report fails, and a run that is stopped after its commit, are mailed all the same', async () => {
  await withSandbox((sandbox) => {
    let opened: Runtime | null = null;
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      const { run } = payload as { readonly run?: { readonly runId: string } };
      if (functionName === 'ReportIncident') throw new Error('the mail server is down');
      if (functionName === 'NotifyTeam' && run?.runId === 'stopped-run') {
        const running = (await opened?.engine.listExecutions({ status: 'RUNNING' })) ?? [];
        await opened?.engine.stopExecution(running[0]?.executionArn ?? '', { cause: 'by mistake' });
        throw new Error('nobody waits for this any more');
      }
      return call();
    };
    return withRuntime(sandbox, { intercept, engineClock: hurriedClock() }, async (runtime) => {
      opened = runtime;
      await startRun(runtime, '001_create_jobs.sql');
      const { executionArn } = await runtime.engine.startExecution({
        name: 'stopped-run',
        input: { migration: '002_create_core_schema.sql', startedBy: 'ada@example.org' },
      });
      const stopped = await finishRun(runtime, executionArn, '002_create_core_schema.sql');
      const back = await startRollback(runtime, { migration: 'stopped-run', because: 'it is wrong' });

      expect(stopped.error).toBe('ABORTED');
      expect(back.isTakenBack).toBe(true);
      expect(await mailsAbout(runtime, '002_create_core_schema.sql: its rollback has ended without')).toEqual([
        expect.stringContaining('002_create_core_schema.sql was rolled back, and the schema is the same as before'),
      ]);
      expect(await mailsAbout(runtime, '002_create_core_schema.sql: its run has ended without')).toEqual([
        expect.stringMatching(/by mistake[\s\S]*is still applied[\s\S]*npm run roll-back -- stopped-run/),
      ]);
      for (const runId of [back.runId, 'stopped-run'])
        expect((await verifyEvidence(runtime.ports.store, runId, null)).problems).toEqual([]);
    });
  });
});
