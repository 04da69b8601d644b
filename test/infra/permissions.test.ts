import { signers } from '#infra/signers';
import { actionsOf, resourcesOf, type Statement, statements, statementsFor } from './template';

const functionNames = Object.keys(statements)
  .map((id) => /^(\w+)RoleDefaultPolicy/.exec(id)?.[1] ?? '')
  .filter((name) => name !== '' && !['SampleSchedule', 'Workflow'].includes(name));

const whoMay = (action: string) =>
  functionNames.filter((name) => statementsFor(name).some((one) => actionsOf(one).includes(action))).sort();

const resourcesFor = (functionName: string, action: string) =>
  JSON.stringify(
    statementsFor(functionName)
      .filter((one) => actionsOf(one).includes(action))
      .map(({ Resource }: Statement) => Resource),
  );

test('no action has a wildcard', () => {
  const actions = Object.values(statements).flat().flatMap(actionsOf);

  expect(actions.length).toBeGreaterThan(100);
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});

test('only the delivery of logs and traces, which knows no resources, is granted on everything', () => {
  const onEverything = Object.entries(statements).flatMap(([id, all]) =>
    all.filter(({ Resource }) => JSON.stringify(Resource) === '"*"').map((one) => ({ id, one })),
  );

  expect(onEverything.length).toBeGreaterThan(functionNames.length);
  expect(onEverything.flatMap(({ one }) => actionsOf(one)).filter((action) => !/^(logs|xray):/.test(action))).toEqual(
    [],
  );
});

test('no function has a managed policy', () => {
  const roles = Object.values(resourcesOf('AWS::IAM::Role'));

  expect(roles.length).toBeGreaterThan(functionNames.length);
  for (const { Properties } of roles) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
});

test('only approvals, the sample and an alarm may answer a waiting task, and only of our state machine', () => {
  expect(whoMay('states:SendTaskSuccess')).toEqual([
    ...['AnswerTerminal', 'DecideApproval', 'OnAlarm', 'RequestApproval', 'SampleActivity'],
  ]);
  expect(whoMay('states:SendTaskFailure')).toEqual(['AnswerTerminal', 'DecideApproval']);
  expect(resourcesFor('DecideApproval', 'states:SendTaskSuccess')).toContain(':stateMachine:MigrationChecklist"');
});

const readersOf = (secret: string) =>
  functionNames
    .filter((name) => resourcesFor(name, 'secretsmanager:GetSecretValue').includes(`migration-checklist/${secret}-`))
    .sort();

test('dumps are read and written by the function that makes them alone, and the bucket denies it to all others', () => {
  const may = (action: string) => functionNames.filter((name) => resourcesFor(name, action).includes('/backups/*'));
  const denied = Object.values(resourcesOf('AWS::S3::BucketPolicy'))
    .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement)
    .filter(({ Effect, Resource }) => Effect === 'Deny' && JSON.stringify(Resource).includes('/backups/*'));
  const spares = (action: string) =>
    denied.filter((one) => actionsOf(one).includes(action)).map(({ Condition }) => JSON.stringify(Condition ?? null));

  expect(may('s3:GetObject')).toEqual(['BackupDatabase']);
  expect(may('s3:PutObject')).toEqual(['BackupDatabase']);
  expect(may('s3:AbortMultipartUpload')).toEqual(['BackupDatabase']);
  for (const action of ['s3:GetObject', 's3:PutObject'])
    expect(spares(action)).toEqual([expect.stringMatching(/ArnNotEquals.*role\/MigrationChecklist-BackupDatabase/)]);
  expect(spares('s3:DeleteObjectVersion')).toContain('null');
});

test('the key of links and codes is read only where people are asked and answer, and not where the target is watched', () => {
  expect(readersOf('link-key')).toEqual(['AnswerTerminal', 'DecideApproval', 'RequestApproval']);
  expect(readersOf('token-key')).toEqual(['Monitor', 'OnAlarm', 'SampleActivity']);
});

test('each signing key signs for the functions that its own policy names, and for no other', () => {
  for (const [signer, names] of Object.entries(signers)) {
    const key = `${signer.charAt(0).toUpperCase()}${signer.slice(1)}SigningKeyArn`;
    expect(whoMay('kms:Sign').filter((name) => resourcesFor(name, 'kms:Sign').includes(key))).toEqual(
      [...names].sort(),
    );
  }
  expect(whoMay('kms:Sign')).toEqual(Object.values(signers).flat().sort());
});

test('what never touches the database or the platform cannot read the Neon API key', () => {
  const readers = functionNames.filter((name) =>
    resourcesFor(name, 'secretsmanager:GetSecretValue').includes('migration-checklist/neon-api-key-'),
  );

  for (const name of ['ShowApproval', 'DecideApproval', 'RequestApproval', 'Monitor', 'ApplicationIntegration'])
    expect(readers).not.toContain(name);
  expect(readers).toContain('ApplyMigration');
});

test('only functions that notify people send mail, and only from the sender', () => {
  expect(whoMay('ses:SendRawEmail')).toEqual([
    'AnswerTerminal',
    'CloseRun',
    'CloseStopped',
    'DecideApproval',
    'NotifyTeam',
    'OpenRollback',
    'RemindPostMortem',
    'ReportIncident',
    'RequestApproval',
    'SignOff',
  ]);
  expect(resourcesFor('NotifyTeam', 'ses:SendRawEmail')).toMatch(
    /:identity\/example\.com".*:identity\/migrations@example\.com"/,
  );
});

test('only Monitor and the incident report make schedules, and they may hand the role to the scheduler only', () => {
  expect(whoMay('scheduler:CreateSchedule')).toEqual(['Monitor', 'ReportIncident']);
  expect(whoMay('iam:PassRole')).toEqual(['Monitor', 'ReportIncident']);
  for (const name of ['Monitor', 'ReportIncident'])
    expect(statementsFor(name).find((one) => actionsOf(one).includes('iam:PassRole'))).toMatchObject({
      Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    });
  expect(whoMay('scheduler:DeleteSchedule')).toEqual([
    'CloseRun',
    'CloseStopped',
    'OnAlarm',
    'RemindPostMortem',
    'SampleActivity',
    'SignOff',
  ]);
});

test("only the looks and the alarm's event may ask what the alarms did, and only ours", () => {
  for (const action of ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'])
    expect(whoMay(action)).toEqual(['OnAlarm', 'SampleActivity']);
  expect(resourcesFor('OnAlarm', 'cloudwatch:DescribeAlarms')).toMatch(/:alarm:[\w-]+-deadlocks"/);
});

test('the page that a mail scanner opens may write nothing', () => {
  const actions = statementsFor('ShowApproval').flatMap(actionsOf);

  expect(actions.filter((action) => action.startsWith('s3:')).sort()).toEqual(['s3:GetObject', 's3:ListBucket']);
});

// The first states pin what they are about; Step 4 compares all of them with the ledger.
const readsMigrations: readonly string[] = ['OpenRun', 'OpenRollback', 'EnvironmentCheck'];

test('migrations can be read by the first states and by Step 4, and be written by none', () => {
  expect(functionNames).toContain('OpenRun');
  for (const name of functionNames) {
    expect(resourcesFor(name, 's3:PutObject')).not.toContain('/migrations/');
    expect(resourcesFor(name, 's3:GetObject').includes('/migrations/')).toBe(readsMigrations.includes(name));
  }
});

test('the state machine may call functions of the workflow by name, and no others', () => {
  const [, workflow = []] = Object.entries(statements).find(([id]) => id.startsWith('WorkflowRole')) ?? [];
  const called = JSON.stringify(workflow.filter((one) => actionsOf(one).includes('lambda:InvokeFunction')));

  expect(called).toContain('-ApplyMigration"');
  expect(called).not.toMatch(/ShowApproval|DecideApproval|SampleActivity/);
});

test('only who asks the code host about the pull request may read its token', () => {
  expect(readersOf('code-host-token')).toEqual(['CodeReview', 'OpenRun']);
});
