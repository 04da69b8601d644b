import { checkConnection, checkStaging } from '#domain/boxes/04-environment-check';

const expected = { projectId: 'project-1', branchId: 'br-staging', database: 'app' };

type Platform = Parameters<typeof checkStaging>[0];

const record = (differing: Partial<Platform> = {}): Platform => ({
  platform: 'neon',
  ...expected,
  branchName: 'staging',
  isDefault: false,
  isProtected: false,
  ...differing,
});

type Mark = NonNullable<Parameters<typeof checkStaging>[1]>;

const mark = (differing: Partial<Mark> = {}): Mark => ({
  environment: 'staging',
  projectId: 'project-1',
  branchId: 'br-staging',
  markedBy: 'ada@example.org',
  markedAt: '2026-11-01T08:00:00.000Z',
  ...differing,
});

test('record, configuration and mark that agree prove staging', () => {
  const answer = checkStaging(record(), mark(), expected);

  expect(answer).toMatchObject({ box: '4.1', answer: 'proved', facts: { record: record(), mark: mark() } });
  expect(answer.reason).toContain('"staging"');
});

test.each<[string, Partial<Platform>, Partial<Mark>, string]>([
  ['another project', { projectId: 'p-9' }, { projectId: 'p-9' }, 'project is "p-9", configured is "project-1"'],
  ['another branch', { branchId: 'br-9' }, { branchId: 'br-9' }, 'branch is "br-9", configured is "br-staging"'],
  ['another database', { database: 'shop' }, {}, 'database is "shop", configured is "app"'],
  ['the default branch', { isDefault: true }, {}, "is the project's default branch"],
  ['a protected branch', { isProtected: true }, {}, 'is protected'],
  ['a platform that does not say what is default', { isDefault: null }, {}, 'does not say'],
  ['a platform that does not say what is protected', { isProtected: null }, {}, 'does not say'],
  ['a mark of another environment', {}, { environment: 'production' }, 'environment is "production"'],
  ['a mark that was copied from another project', {}, { projectId: 'p-9' }, 'the mark\'s project is "p-9"'],
  ['a mark that was copied with a branch', {}, { branchId: 'br-9' }, 'the mark\'s branch is "br-9"'],
])('%s is a doubt, and a doubt is a failure', (_, platform, marked, reason) => {
  const answer = checkStaging(record(platform), mark(marked), expected);

  expect(answer).toMatchObject({ box: '4.1', answer: 'failed' });
  expect(answer.reason).toContain(reason);
});

test('a database without a mark fails and names the command that a person sets it with', () => {
  const answer = checkStaging(record(), null, expected);

  expect(answer.answer).toBe('failed');
  expect(answer.reason).toContain('npm run mark-staging');
});

test('all doubts are told at once', () => {
  const { reason } = checkStaging(record({ isDefault: true, projectId: 'p-9' }), null, expected);

  expect(reason).toMatch(/project is "p-9".*default branch.*no staging mark/);
});

test('a plain server is attested by who marked it, never proved', () => {
  const plain = record({ platform: 'postgres', isDefault: null, isProtected: null });

  const answer = checkStaging(plain, mark(), expected);

  expect(answer.answer).toBe('attested');
  expect(answer.reason).toContain('ada@example.org');
});

test('a plain server with a mark of another one is not attested', () => {
  const plain = record({ platform: 'postgres', isDefault: null, isProtected: null });

  expect(checkStaging(plain, mark({ branchId: 'database:7' }), expected).answer).toBe('failed');
});

type Connection = Parameters<typeof checkConnection>[0] & { readonly password: string };
type Identity = Parameters<typeof checkConnection>[1];

const connection = (differing: Partial<Connection> = {}): Connection => ({
  host: 'ep-1.example.org',
  pooled: false,
  tls: true,
  database: 'app',
  user: 'app_owner',
  password: 'opensesame',
  ...differing,
});

const identity = (differing: Partial<Identity> = {}): Identity => ({
  database: 'app',
  user: 'app_owner',
  tls: true,
  isInRecovery: false,
  serverVersion: 170010,
  ...differing,
});

test('a direct and encrypted connection as the right role is proved, without its password', () => {
  const answer = checkConnection(connection(), identity(), record());

  expect(answer).toMatchObject({ box: '4.2', answer: 'proved' });
  expect(answer.reason).toBe('database "app" as "app_owner" on ep-1.example.org, direct, TLS');
  expect(answer.facts).toEqual({
    host: 'ep-1.example.org',
    database: 'app',
    role: 'app_owner',
    tls: true,
    serverVersion: 170010,
  });
  expect(JSON.stringify(answer)).not.toContain('opensesame');
});

test.each<[string, Partial<Connection>, Partial<Identity>, string]>([
  ['another database', {}, { database: 'postgres' }, 'database is "postgres", expected "app"'],
  ['another role', {}, { user: 'reader' }, 'role is "reader", expected "app_owner"'],
  ['a pooled endpoint', { pooled: true }, {}, 'pooled'],
  ['a session without TLS to another machine', {}, { tls: false }, 'not encrypted'],
  ['a replica', {}, { isInRecovery: true }, 'read-only replica'],
  ['a host that only begins like this machine', { host: '127.example.org' }, { tls: false }, 'not encrypted'],
])('%s is not the right connection', (_, connected, identified, reason) => {
  const answer = checkConnection(connection(connected), identity(identified), record());

  expect(answer).toMatchObject({ box: '4.2', answer: 'failed' });
  expect(answer.reason).toContain(reason);
});

test.each(['localhost', '127.0.0.1', '127.8.0.1', '::1'])('%s is this machine and needs no TLS', (host) => {
  const answer = checkConnection(connection({ host }), identity({ tls: false }), record());

  expect(answer.answer).toBe('proved');
  expect(answer.reason).toMatch(/direct, on this machine$/);
});
