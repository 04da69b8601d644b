/** The functions that only a run in trouble needs, as bundles with their own permissions. */
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import type { Report } from '#domain/reports/report';
import { type Deployment, stateWaits, withDeployment } from '#test/support/deployment/deployment';
import { startMailApprover } from '#test/support/deployment/mail-approver';
import { withClient } from '#test/support/postgres';

const migration = '001_create_jobs.sql';

const reportOf = async ({ store }: Deployment, runId: string) =>
  JSON.parse((await store.read(`runs/${runId}/report.json`))?.toString('utf8') ?? 'null') as Report;

const tablesOf = (deployment: Deployment) =>
  withClient(deployment.target(), async (client) => {
    const { rows } = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    return rows;
  });

/** Starts a run and stops it when the first approval waits; returns when its closing has been called. */
const stopAtReview = async (deployment: Deployment) => {
  const { engine } = deployment;
  const waits = stateWaits(deployment, 'Approve review');
  const ended = deployment.run(migration);
  await waits;
  const [running] = await engine.listExecutions({ status: 'RUNNING' });
  await engine.stopExecution(running?.executionArn ?? '', { cause: 'stopped in the console' });
  return ended;
};

/** Takes a run to its monitoring window and raises an alarm there. */
const alarmInWindow = async (deployment: Deployment) => {
  const waits = stateWaits(deployment, 'Step 16: Monitor');
  const ended = deployment.run(migration);
  await waits;
  await deployment.raiseAlarm('sessions-wait-for-locks', 'two of three datapoints were over the threshold');
  return ended;
};

test('a run that is stopped, one whose apply is in doubt and one that an alarm rolls back are closed by the bundles', () => {
  let broken: string | null = null;
  const beforeCall = (functionName: string) => {
    if (functionName === broken) throw Object.assign(new Error('injected'), { name: 'VerificationFailed' });
  };
  return withDeployment({ beforeCall }, async (deployment) => {
    const { double, containers } = deployment;

    const stopped = await stopAtReview(deployment);
    const approver = startMailApprover(double.ses, 'ada@example.com', deployment.open);
    broken = 'ApplyMigration';
    const inDoubt = await deployment.run(migration);
    broken = null;
    const rolledBack = await alarmInWindow(deployment);
    await approver.settled();

    expect(stopped.status).toBe('ABORTED');
    expect(await reportOf(deployment, stopped.name)).toMatchObject({ outcome: 'failed' });
    expect(inDoubt).toMatchObject({ status: 'FAILED', error: 'VerificationFailed' });
    expect((await reportOf(deployment, inDoubt.name)).signOff.appliedAt).toBeNull();
    expect(rolledBack).toMatchObject({ status: 'FAILED', error: 'MonitoringAlarm' });
    const back = await reportOf(deployment, rollbackRunOf(rolledBack.name));
    expect(back).toMatchObject({ outcome: 'rolled back' });
    expect(back.approvals.at(-1)).toMatchObject({
      stage: 'rollback',
      decision: 'approved',
      by: 'ada@example.com',
    });
    expect(await tablesOf(deployment)).toEqual([]);
    const documents = double.s3.bucket.keys('documents/');
    expect(documents).toContainEqual(expect.stringMatching(/^documents\/ops\/postmortems\/.+-001_create_jobs-.+\.md$/));
    // The window's schedule is gone; that of the incident's post-mortem begins in two days.
    expect([...double.scheduler.schedules.values()]).toEqual([
      expect.objectContaining({
        name: expect.stringMatching(/^post-mortem-/),
        targetArn: expect.stringMatching(/:MigrationChecklist-RemindPostMortem$/),
        startDate: expect.any(Date),
      }),
    ]);
    expect(double.asked.filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    const called = [...containers.called()].map((name) => name.replace('MigrationChecklist-', ''));
    expect(called).toEqual(
      expect.arrayContaining([
        ...['CloseStopped', 'EstablishOutcome', 'CloseRun', 'OnAlarm', 'OpenRollback', 'RollBack', 'VerifyRollback'],
        ...['EstablishRollback', 'ReportIncident'],
      ]),
    );
  });
});
