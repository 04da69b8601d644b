import { recogniseFolder } from '#domain/folders/recognise';
import { outline, read, textOf } from './folder';

test('our own form has its way back in comments at the end, and checks files are no migrations', () => {
  const folder = read({
    '10_b.sql': 'SELECT 10;',
    '2_a.sql': 'CREATE TABLE a ();\n\n-- ROLLBACK\n--   DROP TABLE a;\n',
    '2_a.checks.sql': '-- test: x\nSELECT 1;',
  });

  expect(folder.form).toBe('migration-checklist');
  expect(folder.migrations.map(({ name, down }) => [name, textOf(down)])).toEqual([
    ['2_a', 'DROP TABLE a;'],
    ['10_b', null],
  ]);
  expect(folder.migrations[0]?.down?.parts[0]?.line).toBe(4);
});

test('a rollback section out of form is a problem of its migration and of no other', () => {
  const [first, second] = read({
    '1_a.sql': 'SELECT 1;\n-- Rollback plan:\n-- none',
    '2_b.sql': 'SELECT 2;\n-- ROLLBACK\n-- SELECT 3;',
  }).migrations;

  expect(first?.down?.problem).toContain('1_a.sql:2:1');
  expect(second?.down?.problem).toBeNull();
});

test('pairs go together by their number, and the highest number comes last', () => {
  expect(
    outline({
      '10_b.up.sql': 'SELECT 10;',
      '9_a.up.sql': 'SELECT 9;',
      '9_drop_a.down.sql': 'SELECT -9;',
      '10_b.down.sql': '-- nothing to go back to\n',
    }),
  ).toEqual([
    ['9_a', 'SELECT 9;', 'SELECT -9;'],
    ['10_b', 'SELECT 10;', null],
  ]);
});

test('a way back without a way forward is said and not run', () => {
  const { notes, migrations } = read({ '1_a.up.sql': 'SELECT 1;', '2_b.down.sql': 'SELECT 2;' });

  expect(migrations).toHaveLength(1);
  expect(notes).toEqual(['2_b.down.sql: rolls back a migration that is not in the folder, so it is not run']);
});

test.each([
  ['1_a.up.sql', '01_b.up.sql', 'golang-migrate itself refuses them'],
  ['1_a.sql', '001_b.sql', 'most tools refuse them'],
  ['V1__a.sql', 'V1.0__b.sql', 'Flyway itself refuses them'],
  ['1_a.sql', '00001_b.sql', 'goose itself refuses them', '-- +goose Up\n'],
  ['1_a.sql', '1_b.sql', 'dbmate itself fails at the second', '-- migrate:up\n'],
  ['1_a/up.sql', '1_b/up.sql', 'diesel itself fails at the second'],
])(
  '%s and %s have one version: both are taken in the order of their names, and it is said',
  (one, other, byTool, marker = '') => {
    const { migrations, notes } = read({ [other]: `${marker}SELECT 2;`, [one]: `${marker}SELECT 1;` });
    const inOrder = [one, other].toSorted();

    expect(migrations.map(({ up }) => up.fileName)).toEqual(inOrder);
    expect(notes).toEqual([
      `${inOrder.join(' and ')}: the same version, taken in the order of their names (${byTool})`,
    ]);
  },
);

test('of two pairs with one number each file goes with the one of its name', () => {
  expect(
    outline({
      '100_a.down.sql': 'SELECT -1;',
      '100_a.up.sql': 'SELECT 1;',
      '100_b.down.sql': 'SELECT -2;',
      '100_b.up.sql': 'SELECT 2;',
    }),
  ).toEqual([
    ['100_a', 'SELECT 1;', 'SELECT -1;'],
    ['100_b', 'SELECT 2;', 'SELECT -2;'],
  ]);
});

test('folders with up.sql and down.sql are taken in the order of their names, metadata.toml rules the transaction', () => {
  const folder = read({
    '2026-01-02-000000_b/up.sql': 'SELECT 2;',
    '2026-01-02-000000_b/metadata.toml': 'run_in_transaction = false\n',
    '2026-01-01-000000_a/up.sql': 'SELECT 1;',
    '2026-01-01-000000_a/down.sql': 'SELECT -1;',
  });

  expect(folder.form).toBe('<name>/up.sql and down.sql');
  expect(folder.migrations.map(({ name, up, down }) => [name, up.inTransaction, textOf(down)])).toEqual([
    ['2026-01-01-000000_a', true, 'SELECT -1;'],
    ['2026-01-02-000000_b', false, null],
  ]);
});

test('goose: sections, blocks in one piece with their lines, and NO TRANSACTION for both ways', () => {
  const [migration] = read({
    '00001_a.sql': [
      '-- +goose NO TRANSACTION',
      '-- +goose Up',
      'SELECT 1;',
      '-- +goose StatementBegin',
      'SELECT 2; SELECT 3;',
      '-- +goose StatementEnd',
      'SELECT 4;',
      '-- +goose Down',
      'SELECT 5;',
    ].join('\r\n'),
  }).migrations;

  expect(migration?.up.parts).toEqual([
    { text: 'SELECT 1;', line: 3, isOnePiece: false },
    { text: 'SELECT 2; SELECT 3;', line: 5, isOnePiece: true },
    { text: 'SELECT 4;', line: 7, isOnePiece: false },
  ]);
  expect([migration?.up.inTransaction, migration?.down?.inTransaction]).toEqual([false, false]);
  expect(textOf(migration?.down)).toBe('SELECT 5;');
});

test('goose: annotations are read without regard to case, and an empty way back is none', () => {
  expect(outline({ '1_a.sql': '-- +goose up\nSELECT 1;\n-- +goose down\n-- nothing\n' })).toEqual([
    ['1_a', 'SELECT 1;', null],
  ]);
});

const markerFlaws: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['a block without its end', '-- +goose Up\n-- +goose StatementBegin\nSELECT 1;', /^1_a\.sql:2: .*StatementEnd/],
  ['an end without its block', '-- +goose Up\n-- +goose StatementEnd', /^1_a\.sql:2: .*StatementBegin/],
  ['down before up', '-- +goose Down\nSELECT 1;\n-- +goose Up', /^1_a\.sql:1: .*"down" stands before "up"/],
  ['up twice', '-- +goose Up\n-- +goose Up', /^1_a\.sql:2: a second "up"/],
  ['a statement above up', 'SELECT 1;\n-- +goose Up', /^1_a\.sql:1: a statement stands above/],
];

test.each(markerFlaws)('goose: %s is told with its line', (_, text, message) => {
  expect(read({ '1_a.sql': text }).migrations[0]?.up.problem).toMatch(message);
});

test('sql-migrate: each section says for itself whether it runs in a transaction', () => {
  const [migration] = read({
    '1_a.sql': '-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n',
  }).migrations;

  expect([migration?.up.inTransaction, migration?.down?.inTransaction]).toEqual([false, true]);
});

test('dbmate: options behind the markers, files in the order of their names', () => {
  const folder = read({
    '20260102_b.sql': '-- migrate:up transaction:false\nSELECT 2;\n-- migrate:down\n',
    '20260101_a.sql': '-- migrate:up\nSELECT 1;\n\n-- migrate:down transaction:false\nSELECT -1;\n',
  });

  expect(folder.form).toBe('dbmate');
  expect(folder.migrations.map(({ name, up, down }) => [name, up.inTransaction, down?.inTransaction])).toEqual([
    ['20260101_a', true, false],
    ['20260102_b', false, undefined],
  ]);
});

test('Flyway: versions are compared number by number, undo goes with its version, the rest is said', () => {
  const folder = read({
    'V1.10__c.sql': 'SELECT 3;',
    'V1.9__b.sql': 'SELECT 2;',
    'V1__a.sql': 'SELECT 1;',
    'U1.0__a.sql': 'SELECT -1;',
    'U9__orphan.sql': 'SELECT -9;',
    'V1.9__b.sql.conf': 'executeInTransaction=false',
    'R__views.sql': 'SELECT 4;',
    'afterMigrate.sql': 'SELECT 5;',
  });

  expect(folder.migrations.map(({ name, up, down }) => [name, up.inTransaction, textOf(down)])).toEqual([
    ['V1__a', true, 'SELECT -1;'],
    ['V1.9__b', false, null],
    ['V1.10__c', true, null],
  ]);
  expect(folder.notes).toEqual([
    'R__views.sql: a repeatable migration, which is not run',
    'afterMigrate.sql: a callback, which is not run',
    'U9__orphan.sql: rolls back a migration that is not in the folder, so it is not run',
  ]);
});

test('Prisma: a folder each, without a way back unless somebody has put one beside it', () => {
  const folder = read({
    'migration_lock.toml': 'provider = "postgresql"',
    '20260101000000_init/migration.sql': 'SELECT 1;',
    '20260102000000_more/migration.sql': 'SELECT 2;',
    '20260102000000_more/down.sql': 'SELECT -2;',
  });

  expect(folder.form).toBe('Prisma');
  expect(folder.migrations.map(({ name, down }) => [name, textOf(down)])).toEqual([
    ['20260101000000_init', null],
    ['20260102000000_more', 'SELECT -2;'],
  ]);
});

test('a file that is not UTF-8 is the problem of its migration alone', () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x53]);

  expect(recogniseFolder([{ path: '1_a.up.sql', bytes }]).migrations[0]?.up.problem).toMatch(/UTF-16/);
});
