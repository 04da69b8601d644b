/** What is deployed is what was tested: definition, bundles, environment, policies and rules of the synthesized templates. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Report } from '#domain/reports/report';
import { allBoxes } from '#lambdas/checklist';
import { awsEnvironment } from '#test/support/deployment/aws-environment';
import { type Deployment, stateWaits, withDeployment } from '#test/support/deployment/deployment';
import { startMailApprover } from '#test/support/deployment/mail-approver';
import { withClient } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';
import { countTransitions } from '#test/support/state-transitions';

const reportOf = async ({ store }: Deployment, runId: string) =>
  JSON.parse((await store.read(`runs/${runId}/report.json`))?.toString('utf8') ?? 'null') as Report;

/** `npm run verify-evidence` of a run in the bucket. */
const verifyEvidence = async ({ deployed, operatorEnvironment }: Deployment, runId: string, sha256: string) => {
  const command = ['commands/verify-evidence/command.ts', runId, '--bucket', deployed.bucket.name, '--sha256', sha256];
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', ...command], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], ...operatorEnvironment },
  });
  return stdout;
};

const adaArn = `arn:aws:sts::${awsEnvironment.account}:assumed-role/AdaApproves/laptop`;
const adaKey = 'ASIAADA';

/** Ada at her terminal: `npm run approve` with her own credentials, which may call the API and nothing else. */
const people = new Map([
  [
    adaKey,
    {
      ...{ secret: 'ada-secret', sessionToken: 'ada-session', userArn: adaArn },
      statements: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
    },
  ],
]);

const principals = { 'ada@example.com': [`arn:aws:iam::${awsEnvironment.account}:role/AdaApproves`] };

const approveFromTerminal = async ({ signedApi: { address, url } }: Deployment, args: readonly string[]) => {
  const command = ['commands/approvals/command.ts', 'approve', ...args, '--url', address];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', './test/support/deployment/reach-loopback.cjs', '--import', 'tsx', ...command],
    {
      cwd: projectRoot,
      env: {
        ...{ PATH: process.env['PATH'], API_ADDRESS: address, API_LOOPBACK: url },
        AWS_ACCESS_KEY_ID: adaKey,
        AWS_SECRET_ACCESS_KEY: 'ada-secret',
        AWS_SESSION_TOKEN: 'ada-session',
      },
    },
  );
  return stdout;
};

/** Every text that the deployment has left anywhere, with where it lies. */
const textsOf = async ({ store, double, containers, engine }: Deployment, executionArns: readonly string[]) => {
  const { bucket } = double.s3;
  const stored = bucket.keys('').flatMap((key) =>
    bucket.versions(key).flatMap(({ bytes }) => {
      if (!bytes) return [];
      return [{ where: key, text: (key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8') }];
    }),
  );
  const histories = await Promise.all(
    executionArns.map(async (arn) => ({ where: `history of ${arn}`, text: JSON.stringify(await engine.history(arn)) })),
  );
  expect(await store.list('')).not.toEqual([]);
  return [...stored, ...histories, { where: 'the logs', text: containers.logs() }];
};

test('the bundles take both samples to their sign-off, with what the templates give them and nothing else', () =>
  withDeployment({ config: { 'approvals.principals': principals }, people }, async (deployment) => {
    const { double, deployed, chat, containers } = deployment;
    const approver = startMailApprover(double.ses, 'ada@example.com', deployment.open);

    const run = (migration: string) => approver.unlessFailed(deployment.run(migration));
    const ends = [await run('001_create_jobs.sql'), await run('002_create_core_schema.sql')];
    await approver.settled();

    expect(ends.map(({ status, cause }) => [status, cause])).toEqual([
      ['SUCCEEDED', undefined],
      ['SUCCEEDED', undefined],
    ]);
    for (const { name } of ends) {
      const report = await reportOf(deployment, name);
      expect(report.boxes.map(({ id }) => id)).toEqual(allBoxes.map(({ id }) => id));
      expect(report.boxes.filter(({ answer }) => answer === 'failed')).toEqual([]);
      expect(report.signOff).toMatchObject({ rollbackTested: true, environment: 'staging' });
      expect(report.approvals.map(({ stage, decision, by }) => [stage, decision, by])).toEqual([
        ['review', 'approved', 'ada@example.com'],
        ['apply', 'approved', 'ada@example.com'],
      ]);
    }
    await withClient(deployment.target(), async (client) => {
      const { rows } = await client.query('SELECT version FROM migration_checklist.ledger ORDER BY 1');
      expect(rows).toEqual([{ version: '001' }, { version: '002' }]);
    });
    // Of each: that it was applied, and the hash of its sign-off.
    expect(chat.posted).toHaveLength(4);
    expect(double.asked.filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    expect(double.s3.openUploads()).toBe(0);
    expect([...double.scheduler.schedules.keys()]).toEqual([]);

    approver.leaveUnanswered();
    const waits = stateWaits(deployment, 'Approve rollback');
    const rollback = deployment.rollBack('002_create_core_schema.sql');
    await waits;
    const [running] = await deployment.engine.listExecutions({ status: 'RUNNING' });
    const said = await approveFromTerminal(deployment, [
      ...[running?.name ?? '', 'rollback', '--as', 'ada@example.com', '--because', 'orders are counted twice'],
    ]);
    expect(said).toContain(`approved from the terminal by ${adaArn} as ada@example.com`);
    const rolledBack = await rollback;
    expect([rolledBack.status, rolledBack.cause]).toEqual(['SUCCEEDED', undefined]);
    expect((await reportOf(deployment, rolledBack.name)).approvals).toMatchObject([
      { stage: 'rollback', decision: 'approved', by: 'ada@example.com' },
    ]);
    await withClient(deployment.target(), async (client) => {
      const { rows } = await client.query(
        'SELECT version FROM migration_checklist.ledger WHERE rolled_back_at IS NULL ORDER BY 1',
      );
      expect(rows).toEqual([{ version: '001' }]);
    });
    expect(double.asked.filter(({ isAllowed }) => !isAllowed)).toEqual([]);

    for (const { name, output } of ends)
      expect(await verifyEvidence(deployment, name, (output as { readonly sha256: string }).sha256)).toMatch(
        /✓ \d+ documents, one unbroken chain, and everything that the last one lists is unchanged/,
      );

    // Approvals and the window wait without a transition, so a window of two days costs no more than this one.
    for (const { executionArn } of ends) {
      const transitions = countTransitions(await deployment.engine.history(executionArn));
      expect(transitions).toBeGreaterThan(20);
      expect(transitions).toBeLessThanOrEqual(80);
    }

    const secrets = [...deployment.secrets(), ...approver.secrets, 'ada-secret', 'ada-session'];
    expect(secrets.length).toBeGreaterThan(15);
    for (const { where, text } of await textsOf(
      deployment,
      [...ends, rolledBack].map(({ executionArn }) => executionArn),
    ))
      for (const secret of secrets) expect([where, text.includes(secret)]).toEqual([where, false]);

    const idle = deployed.functions.map(({ name }) => name).filter((name) => !containers.called().has(name));
    expect(idle.map((name) => name.replace('MigrationChecklist-', '')).sort()).toEqual([
      ...['CloseStopped', 'ConnectAgain', 'EstablishOutcome', 'EstablishRollback', 'OnAlarm', 'RemindPostMortem'],
    ]);
  }));
