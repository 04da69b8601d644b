import { environmentCheck } from '#domain/boxes/04-environment-check';
import type { Catalog } from '#domain/catalog/catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { Connection } from '#domain/environment/doubts';
import type { DatabaseIdentity, TargetRecord } from '#domain/environment/target';
import type { LedgerEntry, StagingMark } from '#domain/ledger/ledger';
import type { MigrationFile } from '#domain/ledger/order-migrations';
import type { TableStatistics } from '#domain/tables/statistics';
import { ledgerEntry } from '#test/support/documents';
import { answerOf } from '#test/support/judged';
import { catalogOf, table as tableObject } from '../catalog/objects';

const expected = { projectId: 'project-1', branchId: 'br-staging', database: 'app' };

const record = (differing: Partial<TargetRecord> = {}): TargetRecord => ({
  platform: 'neon',
  ...expected,
  branchName: 'staging',
  isDefault: false,
  isProtected: false,
  storageLimitBytes: 500e6,
  ...differing,
});

const mark = (differing: Partial<StagingMark> = {}): StagingMark => ({
  environment: 'staging',
  projectId: 'project-1',
  branchId: 'br-staging',
  markedBy: 'ada@example.org',
  markedAt: '2026-11-01T08:00:00.000Z',
  ...differing,
});

const staging = (of: TargetRecord, marked: StagingMark | null) =>
  answerOf(environmentCheck, '4.1', { record: of, mark: marked, expected });

test('record, configuration and mark that agree prove staging', () => {
  expect(staging(record(), mark())).toEqual({
    box: '4.1',
    answer: 'proved',
    reason:
      'the platform\'s record (branch "staging", not default, not protected) and the mark inside the database agree',
    facts: { record: record(), mark: mark() },
  });
});

test.each<[string, Partial<TargetRecord>, Partial<StagingMark>, string]>([
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
  const answer = staging(record(platform), mark(marked));

  expect(answer).toMatchObject({ box: '4.1', answer: 'failed' });
  expect(answer?.reason).toMatch(/^it is not proved that the target is staging: /);
  expect(answer?.reason).toContain(reason);
});

test('a database without a mark fails and names the command that a person sets it with', () => {
  const answer = staging(record(), null);

  expect(answer).toMatchObject({ answer: 'failed', facts: { record: record(), mark: null } });
  expect(answer?.reason).toContain('npm run mark-staging');
});

test('all doubts are told at once', () => {
  const answer = staging(record({ isDefault: true, projectId: 'p-9' }), null);

  expect(answer?.reason).toMatch(/project is "p-9".*default branch.*no staging mark/);
});

test('a plain server is attested by who marked it, never proved', () => {
  const plain = record({ platform: 'postgres', isDefault: null, isProtected: null });

  const answer = staging(plain, mark());

  expect(answer).toMatchObject({ answer: 'attested', facts: { record: plain, mark: mark() } });
  expect(answer?.reason).toContain('ada@example.org');
});

test('a plain server with a mark of another one is not attested', () => {
  const plain = record({ platform: 'postgres', isDefault: null, isProtected: null });

  expect(staging(plain, mark({ branchId: 'database:7' }))?.answer).toBe('failed');
});

type WithPassword = Connection & { readonly password: string };

const connection = (differing: Partial<Connection> = {}): WithPassword => ({
  host: 'ep-1.example.org',
  pooled: false,
  tls: true,
  database: 'app',
  user: 'app_owner',
  password: 'opensesame',
  ...differing,
});

const identity = (differing: Partial<DatabaseIdentity> = {}): DatabaseIdentity => ({
  database: 'app',
  user: 'app_owner',
  tls: true,
  isInRecovery: false,
  serverVersion: 170010,
  systemIdentifier: '7',
  ...differing,
});

const connected = (through: Connection, as: DatabaseIdentity) =>
  answerOf(environmentCheck, '4.2', { connection: through, identity: as, record: record() });

test('a direct and encrypted connection as the right role is proved, without its password', () => {
  const answer = connected(connection(), identity());

  expect(answer).toMatchObject({ box: '4.2', answer: 'proved' });
  expect(answer?.reason).toBe('database "app" as "app_owner" on ep-1.example.org, direct, TLS');
  expect(answer?.facts).toEqual({
    host: 'ep-1.example.org',
    database: 'app',
    role: 'app_owner',
    tls: true,
    pooled: false,
    isInRecovery: false,
    serverVersion: 170010,
  });
  expect(JSON.stringify(answer)).not.toContain('opensesame');
});

test.each<[string, Partial<Connection>, Partial<DatabaseIdentity>, string]>([
  ['another database', {}, { database: 'postgres' }, 'database is "postgres", expected "app"'],
  ['another role', {}, { user: 'reader' }, 'role is "reader", expected "app_owner"'],
  ['a pooled endpoint', { pooled: true }, {}, 'pooled'],
  ['a session without TLS to another machine', {}, { tls: false }, 'not encrypted'],
  ['a replica', {}, { isInRecovery: true }, 'read-only replica'],
  ['a host that only begins like this machine', { host: '127.example.org' }, { tls: false }, 'not encrypted'],
])('%s is not the right connection', (_, through, as, reason) => {
  const answer = connected(connection(through), identity(as));

  expect(answer).toMatchObject({ box: '4.2', answer: 'failed' });
  expect(answer?.reason).toContain(reason);
  expect(JSON.stringify(answer)).not.toContain('opensesame');
});

test.each(['localhost', '127.0.0.1', '127.8.0.1', '::1'])('%s is this machine and needs no TLS', (host) => {
  const answer = connected(connection({ host }), identity({ tls: false }));

  expect(answer?.answer).toBe('proved');
  expect(answer?.reason).toMatch(/direct, on this machine$/);
});

const version = (drift: readonly string[], head: string | null = '002') =>
  answerOf(environmentCheck, '4.3', {
    ledger: [ledgerEntry({ version: '001' }), ledgerEntry()],
    head,
    drift,
    catalogFingerprint: 'cafe',
  });

const jobs = catalogOf(tableObject('public.jobs'));

const compared = ({
  standing = {},
  files = [{ fileName: '002_b.sql', sha256: ledgerEntry().sha256 }],
  now = jobs,
  recorded = jobs,
  ownTables = [],
}: {
  standing?: Partial<LedgerEntry>;
  files?: readonly MigrationFile[];
  now?: Catalog;
  recorded?: Catalog | null;
  ownTables?: readonly string[];
}) =>
  answerOf(environmentCheck, '4.3', {
    ledger: [ledgerEntry({ migration: '002_b.sql', catalogFingerprint: fingerprintOf(jobs), ...standing })],
    head: '002',
    drift: [],
    catalogFingerprint: fingerprintOf(now),
    files,
    catalog: now,
    recorded,
    ownTables,
  });

test('files and schema are compared before the version is known', () => {
  expect(compared({})).toMatchObject({
    answer: 'proved',
    reason:
      'ledger head is 002; 1 file compared with the ledger: no gap, no edited file; the schema is the one that the last run recorded',
  });
});

test('an edited file and a schema that is another one fail the box, whatever the step itself concluded', () => {
  expect(compared({ files: [{ fileName: '002_b.sql', sha256: 'other' }] })).toMatchObject({
    answer: 'failed',
    reason: expect.stringContaining('002_b.sql was edited after it was applied'),
  });
  expect(compared({ now: catalogOf(tableObject('public.users')) })).toMatchObject({
    answer: 'failed',
    reason: expect.stringContaining('the schema changed since the last run'),
  });
});

test("the tool's own table is no change of the schema, and another one of its name is", () => {
  const now = catalogOf(tableObject('public.jobs'), tableObject('tools.schema_migrations'));

  expect(compared({ now, ownTables: ['tools.schema_migrations'] })).toMatchObject({
    answer: 'proved',
    reason: expect.stringMatching(/recorded \(the tool's own table is not compared: tools\.schema_migrations\)$/),
  });
  expect(compared({ now, ownTables: ['public.schema_migrations'] })?.answer).toBe('failed');
  expect(compared({ now })?.answer).toBe('failed');
});

test('where no schema was recorded nobody says that it did not change', () => {
  expect(compared({ standing: { catalogFingerprint: null }, recorded: null })).toMatchObject({
    answer: 'open',
    reason: expect.stringContaining('its run recorded no schema'),
  });
  expect(compared({ standing: { rolledBackAt: '2026-11-22T09:00:00.000Z' } })).toMatchObject({
    answer: 'proved',
    reason: expect.stringContaining('no schema was recorded to compare with'),
  });
});

test('a schema that is the recorded one proves the version, and the facts list the ledger', () => {
  expect(version([])).toEqual({
    box: '4.3',
    answer: 'proved',
    reason: 'ledger head is 002',
    facts: { versions: ['001', '002'], catalogFingerprint: 'cafe' },
  });
});

test('a database in which no migration stands has no head', () => {
  expect(version([], null)?.reason).toBe('ledger head is none');
});

test('five changes since the last run are told, of six how many more there are; the facts hold all', () => {
  const six = ['a', 'b', 'c', 'd', 'e', 'f'];

  expect(version(six.slice(0, 5))).toMatchObject({
    answer: 'failed',
    reason: 'the schema changed since the last run: a; b; c; d; e',
  });
  expect(version(six)).toMatchObject({
    answer: 'failed',
    reason: 'the schema changed since the last run: a; b; c; d; e and 1 more',
    facts: { drift: six },
  });
});

const table = (sizeBytes: number): TableStatistics => ({
  table: 'public.jobs',
  sizeBytes,
  estimatedRows: 10,
  sequentialScans: 0,
  indexScans: 0,
  rowsWritten: 0,
  countedSeconds: 60,
});

const storage = (usedBytes: number, storageLimitBytes: number | null, ...sizes: readonly number[]) =>
  answerOf(environmentCheck, '4.4', {
    record: record({ storageLimitBytes }),
    usedBytes,
    tables: sizes.map(table),
  });

test('room for the old and the new copy of the largest table is enough', () => {
  const answer = storage(300e6, 500e6, 1e6, 100e6);

  expect(answer).toMatchObject({ box: '4.4', answer: 'proved', facts: { growthBytes: 200e6 } });
  expect(answer?.reason).toBe(
    '200.0 MB are free; the migration may need 200.0 MB (twice the largest table, at least 64.0 MB); the dry run measures the real growth',
  );
});

test('a byte less than that is a failure that says what to do', () => {
  const answer = storage(300e6 + 1, 500e6, 100e6);

  expect(answer).toMatchObject({ box: '4.4', answer: 'failed' });
  expect(answer?.reason).toContain('free space or raise');
});

test('without tables 64 MB are asked for all the same', () => {
  expect(storage(0, 64e6 - 1)?.answer).toBe('failed');
  expect(storage(0, 64e6)?.answer).toBe('proved');
});

test('more used than the limit allows is a failure', () => {
  expect(storage(600e6, 500e6)?.answer).toBe('failed');
});

test('a limit that nobody can tell leaves the box open, and the figures stand in the facts', () => {
  expect(storage(5, null, 100e6)).toMatchObject({
    answer: 'open',
    reason: 'neither the platform nor the server says how much space is free',
    facts: { usedBytes: 5, limitBytes: null, growthBytes: 200e6 },
  });
});
