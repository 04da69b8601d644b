/** The look before a deployment: at Neon, against the simulator; at AWS, through the SDK's own endpoint settings, against the double. */
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { runChecks } from '#commands/deploy/preflight/check';
import { preflight } from '#commands/deploy/preflight/preflight';
import { targetCheck } from '#commands/deploy/preflight/target';
import { type Config, readExampleConfig } from '#infra/config';
import { type AwsDouble, type AwsDoubleOptions, openAwsDouble } from '#test/support/aws-double/aws-double';
import { projectRoot } from '#test/support/project-root';
import { type Simulated, sdkFor, simulate } from './neon-simulation';

jest.setTimeout(60_000);

let simulated: Simulated;

beforeAll(async () => {
  simulated = await simulate();
});

afterAll(() => simulated.remove());

const nothing = { missing: [], unasked: [] };

const configured = (changed: Partial<Config> = {}): Config => ({
  ...readExampleConfig(projectRoot),
  'neon.apiUrl': simulated.baseUrl,
  'neon.projectId': simulated.projectId,
  'neon.stagingBranchId': simulated.stagingBranchId,
  'neon.database': simulated.database,
  'neon.role': simulated.role,
  ...changed,
});

const look = (changed: Partial<Config> = {}, apiKey = simulated.apiKey) => {
  const config = configured(changed);
  const platform = createNeonPlatform({
    apiKey: async () => apiKey,
    projectId: config['neon.projectId'],
    branchId: config['neon.stagingBranchId'],
    database: config['neon.database'],
    role: config['neon.role'],
    baseUrl: simulated.baseUrl,
    clock: { now: () => new Date() },
    pollIntervalMs: 20,
  });
  return runChecks([targetCheck(platform, config)], () => undefined);
};

test('the staging branch is found to be one', async () => {
  expect(await look()).toEqual(nothing);
});

test('the default branch is refused', async () => {
  const branches = await sdkFor(simulated).branches.list({ projectId: simulated.projectId }).all();
  const main = branches.find((branch) => branch.default);

  expect(await look({ 'neon.stagingBranchId': main?.id ?? '' })).toEqual({
    missing: [
      expect.stringMatching(/is the project's default branch; name the staging branch in neon\.stagingBranchId/),
    ],
    unasked: [],
  });
});

test.each([
  ['project', { 'neon.projectId': 'other-river-12345678' }, /Neon could not show the project other-river-12345678/],
  ['branch', { 'neon.stagingBranchId': 'br-other-sun-1' }, /Neon could not show the branch br-other-sun-1/],
  ['database', { 'neon.database': 'other' }, /has no database "other"/],
  ['role', { 'neon.role': 'other' }, /Neon could not give the address of the branch/],
] as const)('a %s that is not there is reported', async (_, changed, words) => {
  expect(await look(changed)).toEqual({ missing: [expect.stringMatching(words)], unasked: [] });
});

test('a key that Neon does not accept is reported, and the message does not contain it', async () => {
  const { missing, unasked } = await look({}, 'napi_wrong');

  expect(missing).toEqual([]);
  expect(unasked).toEqual([expect.stringMatching(/check that the API key is the right one/)]);
  expect(unasked.join()).not.toContain('napi_wrong');
});

const linkKey = Buffer.alloc(48, 7).toString('base64');

/** An account in which everything is as it should be, save for what the test changes. */
const withAccount = async (
  options: AwsDoubleOptions,
  change: (double: AwsDouble) => void,
  work: (double: AwsDouble) => Promise<void>,
) => {
  const double = await openAwsDouble({ verified: ['example.com'], ...options });
  const before = { ...process.env };
  try {
    Object.assign(process.env, double.environment, { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' });
    double.cloudFormation.stacks.set('CDKToolkit', { BootstrapVersion: '21' });
    double.secretsManager.secrets.set('migration-checklist/neon-api-key', simulated.apiKey);
    double.secretsManager.secrets.set('migration-checklist/code-host-token', 'read-only');
    double.secretsManager.secrets.set('migration-checklist/documents-token', 'writes');
    double.secretsManager.secrets.set('migration-checklist/link-key', linkKey);
    double.secretsManager.secrets.set('migration-checklist/token-key', linkKey);
    double.secretsManager.secrets.set('migration-checklist/chat-webhook', 'https://hooks.example.com/T/B/x');
    double.cloudWatchLogs.logGroups.add('/aws/lambda/shop-api');
    change(double);
    await work(double);
  } finally {
    process.env = before;
    await double.close();
  }
};

test('an account in which everything is there is said to be ready, line by line', () =>
  withAccount(
    {},
    () => undefined,
    async () => {
      const lines: string[] = [];

      expect(await preflight(configured(), (line) => lines.push(line))).toEqual(nothing);
      expect(lines.filter((line) => line.startsWith('✓'))).toEqual([
        '✓ the AWS account in eu-central-1',
        '✓ the secret migration-checklist/neon-api-key',
        '✓ the secret migration-checklist/code-host-token',
        '✓ the secret migration-checklist/documents-token',
        '✓ the secret migration-checklist/link-key',
        '✓ the secret migration-checklist/token-key',
        '✓ the secret migration-checklist/chat-webhook',
        '✓ mail through Amazon SES',
        '✓ the log group /aws/lambda/shop-api',
        `✓ the Neon branch ${simulated.stagingBranchId}`,
      ]);
    },
  ));

test('everything that is missing is reported together, each thing once', () =>
  withAccount(
    { verified: ['migrations@example.com'], isInSandbox: true },
    ({ cloudFormation, secretsManager, cloudWatchLogs }) => {
      cloudFormation.stacks.delete('CDKToolkit');
      cloudWatchLogs.logGroups.delete('/aws/lambda/shop-api');
      // Begins alike, and is another one.
      cloudWatchLogs.logGroups.add('/aws/lambda/shop-api-v2');
      secretsManager.secrets.delete('migration-checklist/neon-api-key');
      secretsManager.secrets.delete('migration-checklist/code-host-token');
      secretsManager.secrets.set('migration-checklist/link-key', 'c2hvcnQ=');
    },
    async () => {
      const { missing, unasked } = await preflight(configured(), () => undefined);

      expect(unasked).toEqual([]);
      expect(missing).toEqual([
        expect.stringContaining('not bootstrapped'),
        expect.stringContaining('there is no secret "migration-checklist/neon-api-key"'),
        expect.stringContaining('there is no secret "migration-checklist/code-host-token"'),
        expect.stringContaining('holds 5 bytes'),
        expect.stringContaining('ada@example.com is not verified'),
        expect.stringContaining('grace@example.com is not verified'),
        expect.stringContaining('team@example.com is not verified'),
        'there is no log group "/aws/lambda/shop-api" in eu-central-1; correct the name in monitor.logGroups, or deploy the application that writes it first',
      ]);
    },
  ));

test('the look asks AWS only for what it reads, and changes nothing', () =>
  withAccount(
    {},
    () => undefined,
    async ({ asked }) => {
      await preflight(configured(), () => undefined);

      expect([...new Set(asked.map(({ operation }) => operation))].sort()).toEqual([
        'DescribeLogGroups',
        'DescribeSecret',
        'DescribeStacks',
        'GetAccount',
        'GetSecretValue',
        'ListEmailIdentities',
      ]);
    },
  ));
