import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig, readConfig } from '#infra/config';
import { estimateEnvironments } from '#infra/environment-size';
import { projectRoot } from '#test/support/project-root';
import { config, resourcesOf } from './template';

const exampleFile = 'checklist.config.example.yaml';
const readExample = () => readFile(path.join(projectRoot, exampleFile), 'utf8');

const parseChanged = async (from: string | RegExp, to: string) => {
  const text = (await readExample()).replace(from, to);
  return () => parseConfig(text, 'checklist.config.yaml');
};

const lineOf = async (start: string) =>
  (await readExample()).split('\n').findIndex((line) => line.trimStart().startsWith(start)) + 1;

test('the example is a configuration', async () => {
  expect(parseConfig(await readExample(), exampleFile)).toMatchObject({
    'neon.projectId': 'quiet-river-12345678',
    'approvals.review': ['ada@example.com', 'grace@example.com'],
    'monitor.hours': 24,
    'limits.lockTimeoutMs': 2000,
    'limits.longestBlockingMs': 1000,
    'backups.megabytesPerSecond': 10,
    'backups.largestGigabytes': 0,
  });
});

test('limits that are left out have the values of the example', async () => {
  const example = parseConfig(await readExample(), exampleFile);
  const parse = await parseChanged(/# Left out[\s\S]*/, '');

  expect(parse()).toEqual(example);
});

test.each([
  [
    'projectId: ',
    'projectId: quiet-river-12345678',
    'projectId: Quiet River',
    'neon.projectId is "Quiet River"; expected the id of a Neon project such as quiet-river-12345678',
  ],
  [
    'stagingBranchId: ',
    'br-cold-sun-a1b2c3d4',
    'main',
    'neon.stagingBranchId is "main"; expected the id of the staging branch such as br-cold-sun-a1b2c3d4',
  ],
  [
    'database: ',
    'database: app',
    'database: 7',
    'neon.database is 7; expected a PostgreSQL name of 1 to 63 characters without blanks and quotes',
  ],
  [
    'apiKeySecret: ',
    'migration-checklist/neon-api-key',
    'napi key',
    'neon.apiKeySecret is something else (not shown); expected the name of a secret, not the secret: letters, digits and /_+=.@-',
  ],
  [
    'apiUrl: ',
    'https://console.neon.tech/api/v2',
    'http://neon.example/api/v2',
    'neon.apiUrl is "http://neon.example/api/v2"; expected an https address without a slash at its end',
  ],
  [
    'review: ',
    'review: [ada@example.com, grace@example.com]',
    'review: [ada@example.com]',
    'approvals.review is ["ada@example.com"]; expected a list of 2 to 20 mail addresses of different people',
  ],
  [
    'review: ',
    'review: [ada@example.com, grace@example.com]',
    'review: [ada@example.com, ada+work@example.com]',
    'approvals.review is ["ada@example.com","ada+work@example.com"]; expected a list of 2 to 20 mail addresses of different people',
  ],
  [
    'rollback: 1',
    'rollback: 1',
    'rollback: 3',
    'approvalsNeeded.rollback is 3; expected at most 2, as many as approvals.rollback names',
  ],
  [
    '# onCall: ',
    '# onCall: [grace@example.com]',
    'onCall: [nobody]',
    'approvals.onCall is ["nobody"]; expected a list of 1 to 20 mail addresses of different people',
  ],
  [
    'apply: ',
    'apply: [ada@example.com, grace@example.com]',
    'apply: [ada@example.com, ADA@example.com]',
    'approvals.apply is ["ada@example.com","ADA@example.com"]; expected a list of 2 to 20 mail addresses of different people',
  ],
  [
    'rollback: ',
    'rollback: [ada@example.com, grace@example.com]',
    'rollback: [ada@example.com, "a@b, c@d"]',
    'approvals.rollback is ["ada@example.com","a@b, c@d"]; expected a list of 2 to 20 mail addresses of different people',
  ],
  [
    'timeoutHours: ',
    'timeoutHours: 72',
    'timeoutHours: 0',
    'approvals.timeoutHours is 0; expected a whole number of hours from 1 to 720',
  ],
  [
    'sender: ',
    'migrations@example.com',
    'Migrations <m@example.com>',
    'mail.sender is "Migrations <m@example.com>"; expected one mail address such as name@example.com',
  ],
  ['hours: ', 'hours: 24', 'hours: 49', 'monitor.hours is 49; expected a whole number of hours from 24 to 48'],
  [
    'sampleEveryMinutes: ',
    'sampleEveryMinutes: 5',
    'sampleEveryMinutes: 0.5',
    'monitor.sampleEveryMinutes is 0.5; expected a whole number of minutes from 1 to 15',
  ],
  [
    'name: ',
    'name: MigrationChecklist',
    'name: my checklist',
    'installation.name is "my checklist"; expected a name of at most 41 letters, digits and hyphens that begins with a letter, such as MigrationChecklist',
  ],
  [
    'region: ',
    'region: eu-central-1',
    'region: Frankfurt',
    'installation.region is "Frankfurt"; expected an AWS region such as eu-central-1',
  ],
  [
    'webhookSecrets: ',
    '[migration-checklist/chat-webhook]',
    '[a, a]',
    'chat.webhookSecrets is something else (not shown); expected a list of at most 5 different names of secrets',
  ],
  [
    'onCall: ',
    'oncall@example.com',
    'nobody',
    'monitor.onCall is "nobody"; expected one mail address such as name@example.com',
  ],
  [
    'logGroups: ',
    '[/aws/lambda/shop-api]',
    '[/aws/lambda/*]',
    'monitor.logGroups is ["/aws/lambda/*"]; expected a list of at most 20 different names of log groups such as /aws/lambda/shop-api',
  ],
  [
    'lockTimeoutMs: ',
    'lockTimeoutMs: 2000',
    'lockTimeoutMs: two',
    'limits.lockTimeoutMs is "two"; expected a whole number of milliseconds from 100 to 60000',
  ],
])('%s that does not fit is refused with line, what was found and what is expected', async (start, from, to, words) => {
  const parse = await parseChanged(from, to);

  expect(parse).toThrow(
    `checklist.config.yaml cannot be used; nothing was made or changed.\n  checklist.config.yaml:${await lineOf(start)}: ${words}`,
  );
});

test('a field that is missing is named at its section', async () => {
  const parse = await parseChanged(/ {2}role: .*\n/, '');

  expect(parse).toThrow(/checklist\.config\.yaml:\d+: neon\.role is missing; expected a PostgreSQL name/);
});

test('a section that is missing names its fields', async () => {
  const parse = await parseChanged(/mail:\n(?: .*\n)+/, '');

  expect(parse).toThrow(/mail\.sender is missing[\s\S]*mail\.team is missing/);
});

test('one person on call is enough of a list, and nobody is on call where nothing is said', async () => {
  const parse = await parseChanged('# onCall:', 'onCall:');
  const without = await parseChanged('# onCall:', '# on call:');

  expect(parse()).toMatchObject({ 'approvals.onCall': ['grace@example.com'] });
  expect(without()).toMatchObject({ 'approvals.onCall': [] });
});

test('a key that nothing reads is refused with its line and what is known', async () => {
  const parse = await parseChanged('team: team@', 'teem: team@');

  expect(parse).toThrow(
    new RegExp(`:${await lineOf('team: ')}: mail\\.teem is not known; expected mail\\.sender, mail\\.team`),
  );
});

test('an unknown section, and a section that is none, are refused', async () => {
  expect(await parseChanged('monitor:', 'monitoring:')).toThrow(
    /monitoring is not known; expected installation, neon, approvals, approvalsNeeded, mail, chat, codeHost, monitor, objectLock, backups, limits/,
  );
  expect(() => parseConfig('neon: quiet-river', 'c.yaml')).toThrow(
    /c\.yaml:1: neon is "quiet-river"; expected a section/,
  );
});

test('one message lists all flaws, in the order of the file', async () => {
  const text = (await readExample()).replace('hours: 24', 'hours: 1').replace('database: app', 'database: ""');

  expect(() => parseConfig(text, 'c.yaml')).toThrow(/neon\.database is ""[\s\S]*monitor\.hours is 1/);
});

test.each([
  ['nothing', ''],
  ['a list', '- a\n'],
])('%s is not a configuration', (_, text) => {
  expect(() => parseConfig(text, 'c.yaml')).toThrow('c.yaml:1: holds no sections');
});

test('what is not YAML is refused with its line', () => {
  expect(() => parseConfig('neon:\n  projectId: "open\n', 'c.yaml')).toThrow(/c\.yaml:\d: not YAML: Missing closing/);
  expect(() => parseConfig('neon:\n  role: a\n  role: b\n', 'c.yaml')).toThrow(
    /c\.yaml:3: not YAML: Map keys must be unique/,
  );
});

test("the project's own file is read before the example", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'config-'));
  try {
    await writeFile(path.join(directory, exampleFile), await readExample());
    expect(readConfig(directory).fileName).toBe(exampleFile);

    await writeFile(
      path.join(directory, 'checklist.config.yaml'),
      (await readExample()).replace('hours: 24', 'hours: 48'),
    );
    expect(readConfig(directory)).toMatchObject({
      fileName: 'checklist.config.yaml',
      config: { 'monitor.hours': 48 },
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('a key of Neon where its name belongs is refused and shown nowhere', async () => {
  const parse = await parseChanged('migration-checklist/neon-api-key', 'napi_not-to-be-shown');

  expect(parse).toThrow(/neon\.apiKeySecret is something else \(not shown\)/);
  expect(parse).not.toThrow(/not-to-be-shown/);
});

/** Each list is one that the parser takes by itself. */
const longLists = () => {
  const people = Array.from(
    { length: 20 },
    (_, index) => `a-person-with-a-name-${String(index).padStart(2, '0')}-x@example.com`,
  );
  const groups = Array.from(
    { length: 20 },
    (_, index) => `/aws/lambda/shop-production-eu-central-1-service-number-${index}`,
  );
  return { people: `[${people}]`, groups: `[${groups}]` };
};

test('a configuration that does not fit into the environment of a function is refused, with sizes and what to shorten', async () => {
  const { people, groups } = longLists();
  const withPeople = (await readExample()).replaceAll(/^( +(?:review|apply|rollback): )\[.*$/gm, `$1${people}`);
  const withBoth = withPeople.replace(/^( +logGroups: ).*$/m, `$1${groups}`);

  expect(parseConfig(withPeople, 'checklist.config.yaml')['approvals.apply']).toHaveLength(20);
  expect(() => parseConfig(withBoth, 'checklist.config.yaml')).toThrow(
    /the environment of the function \w+ would have \d+ bytes, and Lambda takes 4096; the longest are monitor\.logGroups with \d+, approvals\.review with \d+, approvals\.apply with \d+, approvals\.rollback with \d+: name fewer, or shorter ones/,
  );
});

test('what is counted before anything is made is what the templates give to each function', () => {
  const made = Object.values(resourcesOf('AWS::Lambda::Function')).map(({ Properties }) => {
    const { Variables } = (Properties['Environment'] ?? { Variables: {} }) as { Variables: object };
    return [String(Properties['FunctionName']).replace('MigrationChecklist-', ''), Object.keys(Variables).sort()];
  });
  const counted = Object.entries(estimateEnvironments(config)).map(([name, one]) => [name, Object.keys(one).sort()]);

  expect(made.length).toBeGreaterThan(20);
  expect(made.sort()).toEqual(counted.sort());
});

describe('principals of approvers', () => {
  const parse = (lines: string) => parseChanged('  # principals:', `  principals:\n${lines}\n  #`);
  const role = 'arn:aws:iam::123456789012:role/AdaApproves';
  const session = 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Approve_0123456789abcdef/ada@example.com';

  test('are read by person', async () => {
    const parsed = (await parse(`    ada@example.com: [${role}, ${session}]`))();

    expect(parsed['approvals.principals']).toEqual({ 'ada@example.com': [role, session] });
    expect(estimateEnvironments(parsed)['AnswerTerminal']?.['APPROVER_PRINCIPALS']).toContain(role);
    expect(Object.values(estimateEnvironments(parsed)).filter((one) => 'APPROVER_PRINCIPALS' in one)).toHaveLength(1);
  });

  test.each([
    // Whoever assumes a role chooses the name of the session.
    ['arn:aws:sts::123456789012:assumed-role/Developer/ada@example.com', 'expected approvers, each with a list'],
    // Everybody with the permission set has it.
    ['arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Approve_0', 'expected approvers'],
    ['arn:aws:iam::123456789012:root', 'expected approvers'],
    ['arn:aws:iam::123456789012:role/*', 'expected approvers'],
    ['"*"', 'expected approvers'],
  ])('%s is refused', async (arn, message) => {
    expect(await parse(`    ada@example.com: [${arn}]`)).toThrow(message);
  });

  test('of two people, or of somebody who is asked nowhere, are refused', async () => {
    expect(await parse(`    ada@example.com: [${role}]\n    grace@example.com: [${role}]`)).toThrow('none twice');
    expect(await parse(`    adda@example.com: [${role}]`)).toThrow(
      'approvals.principals names adda@example.com; expected one of ada@example.com, grace@example.com',
    );
  });
});
