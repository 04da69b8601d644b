import type { LedgerEntry } from '#domain/ledger/ledger';
import {
  type MigrationFile,
  migrationFileOf,
  orderMigrations,
  refuseUnlessNext,
} from '#domain/ledger/order-migrations';
import { sha256Of } from '#domain/sha256';

const file = (fileName: string, sha256 = `sha of ${fileName}`): MigrationFile => ({ fileName, sha256 });

const entry = (migration: string, changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  version: migration.split('_')[0] ?? '',
  migration,
  sha256: `sha of ${migration}`,
  runId: 'run-1',
  appliedBy: 'ada@example.com',
  appliedAt: '2026-11-01T10:00:00.000Z',
  durationMs: 12,
  catalogFingerprint: null,
  rolledBackAt: null,
  ...changes,
});

const rolledBack = (migration: string) => entry(migration, { rolledBackAt: '2026-11-02T10:00:00.000Z' });

const [one, two, ten] = ['001_one.sql', '002_two.sql', '10_ten.sql'];

test('pending migrations come in the order of their versions, as numbers', () => {
  expect(orderMigrations([file(ten), file(two), file(one)], [])).toEqual({
    pending: [one, two, ten],
    refusals: [],
    notes: [],
  });
});

test('what was applied is not pending', () => {
  expect(orderMigrations([file(one), file(two)], [entry(one)])).toEqual({ pending: [two], refusals: [], notes: [] });
});

test('what was rolled back and left as it is, or removed, is neither pending nor wrong', () => {
  expect(orderMigrations([file(one), file(two)], [rolledBack(one)])).toEqual({
    pending: [two],
    refusals: [],
    notes: [],
  });
  expect(orderMigrations([file(two)], [rolledBack(one)])).toEqual({ pending: [two], refusals: [], notes: [] });
});

const name =
  'expected <version>_<description>.sql, digits and then snake_case, for example 003_add_market_tags.sql. Rename the file';

test.each<[rule: string, message: string, files: MigrationFile[], ledger: LedgerEntry[]]>([
  ['file-name-form', `one.sql: the file name does not start with a version; ${name}`, [file('one.sql')], []],
  [
    'version-used-twice',
    '001_one.sql and 1_uno.sql have the same version; expected each version once. Rename the one that was not applied',
    [file(one), file('1_uno.sql')],
    [],
  ],
  [
    'applied-file-edited',
    '001_one.sql was edited after it was applied at 2026-11-01T10:00:00.000Z: its sha256 starts with another sha2, expected sha of 001_o, and it is more than line ends: neither with LF nor with CRLF throughout is it the file that was applied. Restore the file and put the change into a new migration',
    [file(one, 'another sha256')],
    [entry(one)],
  ],
  [
    'applied-file-missing',
    '001_one.sql was applied at 2026-11-01T10:00:00.000Z and is not in the folder; expected every applied file to stay. Put it back as it was',
    [file(two)],
    [entry(one)],
  ],
  [
    'applied-file-missing',
    '001_one.sql was applied at 2026-11-01T10:00:00.000Z and is not in the folder (there is 001_uno.sql instead); expected every applied file to stay. Put it back as it was',
    [file('001_uno.sql')],
    [entry(one)],
  ],
  [
    'version-was-rolled-back',
    '001_one.sql has version 001, which was applied and rolled back at 2026-11-02T10:00:00.000Z; a version is used once. Restore the original file and write a new migration with a higher version',
    [file(one, 'another sha256')],
    [rolledBack(one)],
  ],
  [
    'version-out-of-order',
    '001_one.sql was not applied, and 002_two.sql with a higher version was; expected versions in rising order. Rename it to a version above 002',
    [file(one), file(two)],
    [entry(two)],
  ],
  [
    'version-out-of-order',
    '001_one.sql was not applied, and 002_two.sql with a higher version was; expected versions in rising order. Rename it to a version above 002',
    [file(one), file(two)],
    [rolledBack(two)],
  ],
  [
    'version-out-of-order',
    '002_two.sql was not applied, and 10_ten.sql with a higher version was; expected versions in rising order. Rename it to a version above 10',
    [file(one), file(two), file(ten)],
    [entry(one), entry(ten)],
  ],
  [
    'version-out-of-order',
    '002_two.sql was not applied, and 10_ten.sql with a higher version was; expected versions in rising order. Rename it to a version above 10',
    [file(one), file(two), file(ten)],
    [entry(ten), rolledBack(one)],
  ],
])('%s: %s', (rule, message, files, ledger) => {
  expect(orderMigrations(files, ledger).refusals).toEqual([{ rule, message, line: null }]);
  expect(() => refuseUnlessNext(files, ledger, two)).toThrow(
    expect.objectContaining({ name: 'MigrationRefused', message }),
  );
});

test('several contradictions are told in one message', () => {
  const files = [file(one, 'another sha256'), file('2.sql')];

  expect(() => refuseUnlessNext(files, [entry(one)], one)).toThrow(
    /^2\.sql: .* \(1 more: 001_one\.sql was edited .*\)$/,
  );
});

test('the next migration may run', () => {
  expect(() => refuseUnlessNext([file(one), file(two)], [entry(one)], two)).not.toThrow();
});

test.each([
  [ten, `${ten} comes after ${two}, which is pending; expected migrations in rising order. Run ${two} first`],
  [
    one,
    `${one} was applied at 2026-11-01T10:00:00.000Z by run run-1; there is nothing to do. Name a pending migration`,
  ],
  ['003_three.sql', `there is no migration 003_three.sql; pending are: ${two}, ${ten}`],
])('%s may not run: %s', (fileName, message) => {
  const files = [file(one), file(two), file(ten)];

  expect(() => refuseUnlessNext(files, [entry(one)], fileName)).toThrow(
    expect.objectContaining({ name: 'MigrationRefused', message }),
  );
});

test('a migration that was rolled back may not run again', () => {
  expect(() => refuseUnlessNext([file(one)], [rolledBack(one)], one)).toThrow(
    `${one} was applied and rolled back at 2026-11-02T10:00:00.000Z; a version is used once. Write a new migration with a higher version`,
  );
});

test('a file that differs from what was applied in its line ends is the file that was applied, and a note says so', () => {
  const bytes = Buffer.from('SELECT 1;\r\n-- ROLLBACK\r\n-- SELECT 2;\r\n');
  const applied = sha256Of(bytes.toString().replaceAll('\r\n', '\n'));
  const { pending, refusals, notes } = orderMigrations(
    [migrationFileOf(one, bytes), file(two)],
    [
      { ...entry(one), sha256: applied },
      { ...rolledBack('000_zero.sql'), sha256: applied },
    ],
  );

  expect({ pending, refusals }).toEqual({ pending: [two], refusals: [] });
  expect(notes).toEqual([
    expect.stringMatching(/^001_one.sql has other line ends .*it counts as the file that was applied/),
  ]);
});
