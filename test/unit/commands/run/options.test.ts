import { UsageError } from '#command-line/exit-codes';
import { helpText, parseOptions } from '#commands/run/options';

test('without arguments every pending migration is run, with approvals of a day and a window of ten seconds', () => {
  expect(parseOptions([])).toEqual({
    migration: null,
    yes: false,
    migrations: 'migrations',
    form: null,
    databaseUrl: null,
    out: '.local/reports',
    monitorSeconds: 10,
    approvalTimeoutSeconds: 86_400,
    port: 4600,
    approvers: ['approver@localhost'],
    approvalsNeeded: { review: 1, apply: 1, rollback: 1 },
    onCall: [],
    backupKeepDays: null,
    startedBy: null,
    author: null,
    pullRequest: null,
    statistics: null,
    documents: null,
    documentsRepository: null,
    longestBlockingMs: 1_000,
    help: false,
  });
});

test('every option is taken', () => {
  const args = [
    ...['--statistics', 'sizes.json', '--longest-wait', '500ms'],
    ...[
      '001_create_jobs.sql',
      '--yes',
      '--migrations',
      'db',
      '--form',
      'goose',
      '--database-url',
      'postgres://h/d',
      '--out',
      'reports',
    ],
    ...['--monitor', '10m', '--approval-timeout', '2h', '--port', '0', '--started-by', 'bob@example.org', '--help'],
    ...['--approver', 'ada@example.org', '--approver', 'Eve <eve@example.org>'],
    ...[
      '--on-call',
      'grace@example.org',
      '--on-call',
      'Grace@example.org',
      '--approvals-needed',
      'apply=2',
      '--author',
      'carol@example.org',
    ],
    ...['--keep-backups', '90'],
    ...['--pull-request', ' https://github.com/acme/shop/pull/7'],
  ];

  expect(parseOptions(args)).toEqual({
    migration: '001_create_jobs.sql',
    yes: true,
    migrations: 'db',
    form: 'goose',
    databaseUrl: 'postgres://h/d',
    out: 'reports',
    monitorSeconds: 600,
    approvalTimeoutSeconds: 7200,
    port: 0,
    approvers: ['ada@example.org', 'eve@example.org'],
    approvalsNeeded: { review: 1, apply: 2, rollback: 1 },
    onCall: ['grace@example.org'],
    backupKeepDays: 90,
    startedBy: 'bob@example.org',
    author: 'carol@example.org',
    pullRequest: 'https://github.com/acme/shop/pull/7',
    statistics: 'sizes.json',
    documents: null,
    documentsRepository: null,
    longestBlockingMs: 500,
    help: true,
  });
});

test.each([
  ['2s', 2],
  ['90s', 90],
  ['1.5m', 90],
  ['10m', 600],
  ['24h', 86_400],
  ['48h', 172_800],
])('a window of %s has %d seconds', (text, seconds) => {
  expect(parseOptions(['--monitor', text]).monitorSeconds).toBe(seconds);
});

test.each([
  ['720h', 2_592_000],
  ['1s', 1],
])('an approval may take %s', (text, seconds) => {
  expect(parseOptions(['--approval-timeout', text]).approvalTimeoutSeconds).toBe(seconds);
});

test.each(['0', '4600', '65535'])('port %s is one', (port) => {
  expect(parseOptions(['--port', port]).port).toBe(Number(port));
});

const wrong: readonly [args: readonly string[], message: string][] = [
  ...['5', 's', '2d', '2 s', '-2s', '0s', '0.5s', '2.5s', '1e3s', '2S', ''].flatMap((text): [string[], string][] => [
    [[`--monitor=${text}`], `--monitor is "${text}"; expected a duration in whole seconds such as 2s, 10m or 24h`],
    [[`--approval-timeout=${text}`], `--approval-timeout is "${text}"; expected a duration`],
  ]),
  [['--monitor', '48.5h'], '--monitor is "48.5h"; the longest window is 48h'],
  [['--monitor', '172801s'], '--monitor is "172801s"; the longest window is 48h'],
  [['--approval-timeout', '721h'], '--approval-timeout is "721h"; the longest is 720h'],
  ...['http', '65536', '1.5', '0x50', ' 80', ''].map((text): [string[], string] => [
    [`--port=${text}`],
    `--port is "${text}"; expected a number from 0 (any free port) to 65535`,
  ]),
  ...['ada', '@example.org', 'ada@', 'ada example.org', 'ada@a@b', 'Ada Lovelace', 'a@b,c@d', ''].flatMap(
    (text): [string[], string][] => [
      [[`--approver=${text}`], `--approver is "${text}"; expected a mail address such as ada@example.org`],
      [[`--started-by=${text}`], `--started-by is "${text}"; expected a mail address`],
    ],
  ),
  ...['migrations', 'out', 'database-url'].flatMap((name): [string[], string][] => [
    [[`--${name}=`], `--${name} is empty`],
    [[`--${name}= `], `--${name} is empty`],
  ]),
  [['--approver', 'ada@example.org', '--approver', 'eve'], '--approver is "eve"'],
  [['001_a.sql', '002_b.sql'], '2 migrations were named (001_a.sql, 002_b.sql); name one, or none for all'],
  [['--verbose'], 'Unknown option \'--verbose\'; "npm start -- --help" lists what there is'],
  [['-y'], 'Unknown option \'-y\'; "npm start -- --help"'],
  [['--yes=true'], 'Option \'--yes\' does not take an argument; "npm start -- --help"'],
  ...['-1', '1.5', 'forever', '3651', ''].map((text): [string[], string] => [
    [`--keep-backups=${text}`],
    `--keep-backups is "${text}"; expected a number of days from 0 (for ever) to 3650`,
  ]),
  [['--port'], 'Option \'--port <value>\' argument missing; "npm start -- --help"'],
];

test.each(wrong)('%j is refused', (args, message) => {
  const parsing = () => parseOptions(args);

  expect(parsing).toThrow(UsageError);
  expect(parsing).toThrow(message);
});

test('a value that looks like an option is refused in one line', () => {
  const parsing = () => parseOptions(['--port', '-1']);

  expect(parsing).toThrow(UsageError);
  expect(parsing).toThrow(/^Option '--port' argument is ambiguous; "npm start -- --help" lists what there is$/);
});

test('the help names every option there is', () => {
  for (const name of [
    'yes',
    'migrations',
    'database-url',
    'out',
    'monitor',
    'approval-timeout',
    'port',
    'approver',
    'started-by',
    'help',
  ])
    expect(helpText).toMatch(new RegExp(`^  --${name} `, 'm'));
});

test('how many must approve is said for every stage or for one, and the later word counts', () => {
  const people = ['--approver', 'ada@example.org', '--approver', 'eve@example.org'];
  const needed = (...texts: readonly string[]) =>
    parseOptions([...people, ...texts.flatMap((text) => ['--approvals-needed', text])]).approvalsNeeded;

  expect(needed('2')).toEqual({ review: 2, apply: 2, rollback: 2 });
  expect(needed('2', 'rollback=1')).toEqual({ review: 2, apply: 2, rollback: 1 });
});

test.each(['0', 'two', 'deploy=2', 'apply=', '1.5', ''])('--approvals-needed "%s" is refused', (text) => {
  expect(() => parseOptions(['--approvals-needed', text])).toThrow('expected a number of people such as 2');
});

test('one person under two addresses is not two', () => {
  const people = ['--approver', 'ada@example.org', '--approver', 'Ada+work@example.org'];

  expect(() => parseOptions([...people, '--approvals-needed', '2'])).toThrow('--approver names one person');
});

test.each([
  '',
  'acme/shop#7',
  'http://github.com/acme/shop/pull/7',
  'https://',
  'https://ada:geheim@github.com/acme/shop/pull/7',
])('a pull request is named by its address, not by %p, and what was given is not repeated', (text) => {
  const parse = () => parseOptions(['--pull-request', text]);

  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(/^--pull-request is no address .* expected the https address of a pull request/);
  expect(parse).not.toThrow(/geheim/);
});

test('a repository for documents is named by owner and name', () => {
  expect(parseOptions(['--documents-repository', 'acme/shop']).documentsRepository).toBe('acme/shop');
  expect(() => parseOptions(['--documents-repository', 'https://github.com/acme/shop'])).toThrow(
    '--documents-repository is "https://github.com/acme/shop"; expected a repository such as acme/shop',
  );
});
