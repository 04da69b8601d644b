import { createLivePorts, type LiveModules } from '#lambdas/runtime/live-ports';

const modules: LiveModules = {
  platform: () => import('#lambdas/runtime/live/platform'),
  schedule: () => import('#lambdas/runtime/live/schedule'),
  secrets: () => import('#lambdas/runtime/live/secrets'),
};

const environment = {
  STORE_BUCKET: 'evidence',
  PAGE_BASE_URL: 'https://abc.execute-api.eu-central-1.amazonaws.com',
  RUN_URL: 'https://console.example/runs/{runId}',
  APPROVERS_REVIEW: 'ada@example.com, grace@example.com',
  APPROVERS_APPLY: 'ada@example.com',
  APPROVERS_ROLLBACK: 'grace@example.com',
  APPROVALS_NEEDED_REVIEW: '1',
  APPROVALS_NEEDED_APPLY: '2',
  APPROVALS_NEEDED_ROLLBACK: '1',
  ON_CALL: 'grace@example.com',
  TEAM_ADDRESS: 'team@example.com',
  MAIL_SENDER: 'migrations@example.com',
  APPROVAL_TIMEOUT_SECONDS: '3600',
  MONITOR_SECONDS: '86400',
  SAMPLE_INTERVAL_SECONDS: '300',
  LOCK_TIMEOUT_MS: '2000',
  LONGEST_BLOCKING_MS: '1000',
  BACKUP_MEGABYTES_PER_SECOND: '20',
  LARGEST_BACKUP_GIGABYTES: '0',
  BACKUP_KEEP_DAYS: '90',
  STATEMENT_TIMEOUT_MS: '0',
  NEON_PROJECT_ID: 'quiet-river-1',
  NEON_BRANCH_ID: 'br-cold-sun-1',
  DATABASE_NAME: 'app',
};

test('the settings are what the variables say', () => {
  expect(createLivePorts(environment, modules).settings).toEqual({
    approvers: {
      review: ['ada@example.com', 'grace@example.com'],
      apply: ['ada@example.com'],
      rollback: ['grace@example.com'],
    },
    approvalsNeeded: { review: 1, apply: 2, rollback: 1 },
    onCall: ['grace@example.com'],
    principals: {},
    teamAddress: 'team@example.com',
    sender: 'migrations@example.com',
    pageBaseUrl: 'https://abc.execute-api.eu-central-1.amazonaws.com',
    runUrl: 'https://console.example/runs/{runId}',
    approvalTimeoutSeconds: 3600,
    monitorSeconds: 86_400,
    sampleIntervalSeconds: 300,
    applicationLogGroups: [],
    lockTimeoutMs: 2000,
    longestBlockingMs: 1000,
    runLimits: { functionSeconds: 900, backupMegabytesPerSecond: 20, largestBackupGigabytes: null },
    backupKeepDays: 90,
    statementTimeoutMs: 0,
    expected: { projectId: 'quiet-river-1', branchId: 'br-cold-sun-1', database: 'app' },
  });
});

test.each([
  ['STORE_BUCKET', undefined, 'is not set; expected the name of the bucket'],
  ['STORE_BUCKET', ' ', 'is " "; expected the name of the bucket'],
  ['MONITOR_SECONDS', 'a day', 'is "a day"; expected a whole number of seconds, 1 or more'],
  ['SAMPLE_INTERVAL_SECONDS', '5', 'is "5"; expected a whole number of seconds, 60 or more'],
  ['OBJECT_LOCK_DAYS', '0', 'is "0"; expected a whole number of days, 1 or more'],
  ['LOCK_TIMEOUT_MS', '-1', 'is "-1"; expected a whole number of milliseconds, 1 or more'],
  ['APPROVERS_APPLY', 'ada@example.com,,', 'is "ada@example.com,,"; expected mail addresses with commas between them'],
  ['PAGE_BASE_URL', 'http://a.example', 'is "http://a.example"; expected an https URL without a slash at its end'],
  ['PAGE_BASE_URL', 'https://a.example/', 'is "https://a.example/"; expected an https URL without a slash at its end'],
])('%s as %j is refused with what was found and expected', (name, value, words) => {
  expect(() => createLivePorts({ ...environment, [name]: value }, modules)).toThrow(
    `the environment variable ${name} ${words}. Deploy again.`,
  );
});

test('a variable that only one port needs is missed when that port is asked, and not before', async () => {
  const ports = createLivePorts(environment, modules);

  await expect(ports.platform.describeTarget()).rejects.toThrow(
    'the environment variable NEON_API_KEY_SECRET is not set; expected the name of the secret with the Neon API key',
  );
  await expect(ports.schedule.remove('monitor-run-1')).rejects.toThrow('SCHEDULE_GROUP is not set');
  await expect(ports.secrets.approvalsKey()).rejects.toThrow('LINK_KEY_SECRET is not set');
});

test('a port that the function was bundled without says where to name it', async () => {
  const ports = createLivePorts(environment, modules);

  await expect(ports.mail.send({ to: 'ada@example.com', subject: 's', text: 't', id: 'i' })).rejects.toThrow(
    'this function asks for mail, which it was bundled without; name it in infra/function-table.ts and deploy again',
  );
});
