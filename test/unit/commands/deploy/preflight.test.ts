import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetAccountCommand, ListEmailIdentitiesCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { mockClient } from 'aws-sdk-client-mock';
import { accountCheck } from '#commands/deploy/preflight/account';
import { NoAccess, runChecks } from '#commands/deploy/preflight/check';
import { mailCheck } from '#commands/deploy/preflight/mail';
import { secretChecks } from '#commands/deploy/preflight/secrets';
import { targetCheck } from '#commands/deploy/preflight/target';
import type { TargetRecord } from '#domain/environment/target';
import { readExampleConfig } from '#infra/config';
import { projectRoot } from '#test/support/project-root';

const config = readExampleConfig(projectRoot);
const region = 'eu-central-1';

const serviceError = (name: string, message: string) => Object.assign(new Error(message), { name });

const silent = () => undefined;
const nothing = { missing: [], unasked: [] };

const askAccount = async (prepare: (mock: ReturnType<typeof mockClient>) => void) => {
  const client = new CloudFormationClient({ region });
  prepare(mockClient(client as never) as never);
  return accountCheck(client, region).look();
};

const toolkit = (version: string) => ({
  Stacks: [
    {
      StackName: 'CDKToolkit',
      CreationTime: new Date(0),
      StackStatus: 'CREATE_COMPLETE' as const,
      Outputs: [{ OutputKey: 'BootstrapVersion', OutputValue: version }],
    },
  ],
});

test('a bootstrapped account is ready', async () => {
  expect(
    await askAccount((mock) => mock.on(DescribeStacksCommand, { StackName: 'CDKToolkit' }).resolves(toolkit('21'))),
  ).toEqual([]);
});

test.each([
  [
    'not bootstrapped',
    serviceError('ValidationError', 'Stack with id CDKToolkit does not exist'),
    /not bootstrapped in eu-central-1; run once: npx cdk bootstrap/,
  ],
  ['bootstrapped long ago', toolkit('4'), /has version 4, expected 6 or newer; run again: npx cdk bootstrap/],
])('for an account that is %s the message gives the remedy', async (_, answer, words) => {
  const problems = await askAccount((mock) =>
    answer instanceof Error
      ? mock.on(DescribeStacksCommand).rejects(answer)
      : mock.on(DescribeStacksCommand).resolves(answer),
  );

  expect(problems).toEqual([expect.stringMatching(words)]);
});

test.each(['CredentialsProviderError', 'ExpiredToken', 'UnrecognizedClientException'])(
  'without valid credentials (%s) one message says how to sign in, and nothing else is asked',
  async (name) => {
    const client = new CloudFormationClient({ region });
    mockClient(client).on(DescribeStacksCommand).rejects(serviceError(name, 'no'));
    const next = jest.fn();

    const found = await runChecks([accountCheck(client, region), { title: 'next', look: next }], silent);

    expect(found).toEqual({
      missing: [],
      unasked: [
        expect.stringMatching(/AWS does not know who you are .*aws sso login.*AWS_PROFILE/),
        'next: not asked either',
      ],
    });
    expect(next).not.toHaveBeenCalled();
  },
);

const goodSecrets: Readonly<Record<string, string>> = {
  'migration-checklist/neon-api-key': 'napi_key',
  'migration-checklist/link-key': Buffer.alloc(48, 7).toString('base64'),
  'migration-checklist/token-key': Buffer.alloc(48, 9).toString('base64'),
  'migration-checklist/chat-webhook': 'https://hooks.example.com/T/B/x',
  'migration-checklist/code-host-token': 'ghp_token',
  'migration-checklist/documents-token': 'ghp_token',
};

const askSecrets = async (changed: Readonly<Record<string, string | Error>>, key?: string) => {
  const client = new SecretsManagerClient({ region });
  const mock = mockClient(client);
  mock.on(DescribeSecretCommand).resolves(key === undefined ? {} : { KmsKeyId: key });
  for (const [name, value] of Object.entries({ ...goodSecrets, ...changed })) {
    const call = mock.on(GetSecretValueCommand, { SecretId: name });
    value instanceof Error ? call.rejects(value) : call.resolves({ SecretString: value });
  }
  return runChecks(secretChecks(client, config), silent);
};

test('secrets that hold what they should are no problem', async () => {
  expect(await askSecrets({})).toEqual(nothing);
  expect(await askSecrets({}, 'arn:aws:kms:eu-central-1:111122223333:alias/aws/secretsmanager')).toEqual(nothing);
});

test.each([
  [
    'is missing',
    'migration-checklist/neon-api-key',
    serviceError('ResourceNotFoundException', 'no'),
    /there is no secret "migration-checklist\/neon-api-key".*create it/,
  ],
  [
    'of the code host is missing',
    'migration-checklist/code-host-token',
    serviceError('ResourceNotFoundException', 'no'),
    /there is no secret "migration-checklist\/code-host-token".*create it/,
  ],
  [
    'of the documents is missing',
    'migration-checklist/documents-token',
    serviceError('ResourceNotFoundException', 'no'),
    /there is no secret "migration-checklist\/documents-token".*create it/,
  ],
  ['is empty', 'migration-checklist/neon-api-key', ' ', /neon-api-key" is empty/],
  [
    'is too short',
    'migration-checklist/link-key',
    'c2hvcnQ=',
    /holds 5 bytes; expected at least 32.*openssl rand -base64 48/,
  ],
  ['is no address', 'migration-checklist/chat-webhook', 'hooks', /chat-webhook" holds no https address/],
])('a secret that %s is reported with the remedy and without its text', async (_, name, value, words) => {
  const found = await askSecrets({ [name]: value });

  expect(found).toEqual({ missing: [expect.stringMatching(words)], unasked: [] });
  expect(found.missing.join()).not.toMatch(/napi_key|ghp_token|c2hvcnQ=|T\/B\/x/);
});

test.each([
  ['may not be read', serviceError('AccessDeniedException', 'no'), /AccessDeniedException.*your own, is not allowed/],
  ['is behind a broken network', serviceError('TimeoutError', 'connect ETIMEDOUT'), /TimeoutError: connect ETIMEDOUT/],
])('a secret that %s is not said to be missing', async (_, failure, words) => {
  const name = 'migration-checklist/neon-api-key';

  expect(await askSecrets({ [name]: failure })).toEqual({ missing: [], unasked: [expect.stringMatching(words)] });
});

test('a secret behind a key that the functions may not use is a problem', async () => {
  expect((await askSecrets({}, 'arn:aws:kms:eu-central-1:111122223333:key/1')).missing).toHaveLength(6);
});

type Identity = { readonly IdentityName: string; readonly VerificationStatus: 'SUCCESS' | 'PENDING' };

const verified = (IdentityName: string): Identity => ({ IdentityName, VerificationStatus: 'SUCCESS' });

const askMail = async (account: object, identities: readonly Identity[]) => {
  const client = new SESv2Client({ region });
  const mock = mockClient(client);
  mock.on(GetAccountCommand).resolves({ ProductionAccessEnabled: true, SendingEnabled: true, ...account });
  mock.on(ListEmailIdentitiesCommand).resolves({ EmailIdentities: [...identities] });
  return mailCheck(client, config).look();
};

test('a sender that is verified by itself or by its domain is no problem', async () => {
  expect(await askMail({}, [verified('migrations@example.com')])).toEqual([]);
  expect(await askMail({}, [verified('Example.com')])).toEqual([]);
});

test.each([
  ['is unknown', []],
  [
    'was asked and has not answered',
    [{ IdentityName: 'migrations@example.com', VerificationStatus: 'PENDING' as const }],
  ],
])('for a sender that %s the message says how to verify it', async (_, identities) => {
  expect(await askMail({}, identities)).toEqual([
    expect.stringMatching(
      /sender migrations@example\.com is not verified .*create-email-identity --region eu-central-1/,
    ),
  ]);
});

test('in the sandbox every approver and the team have to be verified, each reported once', async () => {
  const problems = await askMail({ ProductionAccessEnabled: false }, [
    verified('migrations@example.com'),
    verified('ada@example.com'),
  ]);

  expect(problems).toEqual([
    expect.stringMatching(/in its sandbox .* grace@example\.com is not verified/),
    expect.stringMatching(/in its sandbox .* team@example\.com is not verified/),
  ]);
});

test('an account that may not send is a problem', async () => {
  expect(await askMail({ SendingEnabled: false }, [verified('example.com')])).toEqual([
    expect.stringMatching(/does not send for this account/),
  ]);
});

const askTarget = (record: Partial<TargetRecord>, connection: () => Promise<never> = async () => ({}) as never) =>
  targetCheck(
    {
      describeTarget: async () => ({
        platform: 'neon',
        projectId: 'p',
        branchId: 'b',
        branchName: 'staging',
        database: 'app',
        isDefault: false,
        isProtected: false,
        storageLimitBytes: null,
        ...record,
      }),
      connection,
    },
    config,
  ).look();

test('a branch that is neither default nor protected may be the target', async () => {
  expect(await askTarget({})).toEqual([]);
});

test.each([
  [{ isDefault: true }, /"staging" \(br-cold-sun-a1b2c3d4\) is the project's default branch.*production is refused/],
  [{ isProtected: true }, /"staging" .* is protected; name the staging branch/],
])('a branch that may be production is refused: %j', async (record, words) => {
  expect(await askTarget(record)).toEqual([expect.stringMatching(words)]);
});

test('every check is made, and everything reported once, apart from what could not be asked', async () => {
  const lines: string[] = [];
  const found = await runChecks(
    [
      { title: 'one', look: async () => ['a', 'b'] },
      { title: 'two', look: async () => Promise.reject(serviceError('SlowDown', 'please')) },
      { title: 'three', look: async () => ['b'] },
      { title: 'four', look: async () => [] },
    ],
    (line) => lines.push(line),
  );

  expect(found).toEqual({
    missing: ['a', 'b'],
    unasked: [expect.stringMatching(/^two cannot be read: SlowDown: please/)],
  });
  expect(lines).toEqual(['✗ one', '? two', '✗ three', '✓ four']);
});

test('only what keeps everything from being asked ends the checks', async () => {
  const next = jest.fn();

  const found = await runChecks(
    [
      { title: 'one', look: async () => Promise.reject(new NoAccess('sign in')) },
      { title: 'two', look: next },
    ],
    silent,
  );

  expect(found).toEqual({ missing: [], unasked: ['sign in', 'two: not asked either'] });
  expect(next).not.toHaveBeenCalled();
});
