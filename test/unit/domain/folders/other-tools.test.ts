import { recogniseFolder } from '#domain/folders/recognise';
import { files, outline, read, textOf } from './folder';

const up = (text: string, path = '1_a.sql') => read({ [path]: text }).migrations[0]?.up;

test.each([
  ['goose', '/* Licence\n   of the house. */\n\n-- +goose Up\nSELECT 1;'],
  ['dbmate', '/* Licence of the house. */\n-- migrate:up\nSELECT 1;'],
])('%s: a block comment above the first marker is no statement, and that the tool refuses it is said', (tool, text) => {
  const { migrations, notes } = read({ '1_a.sql': text });

  expect([textOf(migrations[0]?.up), migrations[0]?.up.problem]).toEqual(['SELECT 1;', null]);
  expect(notes).toEqual([
    `1_a.sql: ${tool} itself refuses a block comment above its first marker; here it is passed over`,
  ]);
});

test('sql-migrate: a second marker continues its section and keeps its option; the sections come in any order', () => {
  const [migration] = read({
    '1_a.sql': [
      '-- +migrate Down',
      'DROP TABLE u;',
      '-- +migrate Up notransaction',
      'CREATE TABLE t ();',
      '-- +migrate Up',
      'CREATE TABLE u ();',
      '-- +migrate Down',
      'DROP TABLE t;',
    ].join('\n'),
  }).migrations;

  expect(migration?.up).toMatchObject({
    inTransaction: false,
    parts: [
      { text: 'CREATE TABLE t ();', line: 4 },
      { text: 'CREATE TABLE u ();', line: 6 },
    ],
  });
  expect([textOf(migration?.down), migration?.down?.inTransaction]).toEqual(['DROP TABLE u; | DROP TABLE t;', true]);
});

test('sql-migrate: SQL above the first marker is dropped, as the tool does, and said with its line', () => {
  const { migrations, notes } = read({ '1_a.sql': '-- why\nSELECT 0;\n-- +migrate Up\nSELECT 1;' });

  expect(textOf(migrations[0]?.up)).toBe('SELECT 1;');
  expect(notes).toEqual(['1_a.sql:2: sql-migrate drops the SQL above the first marker without a word']);
});

test('a file without markers in a folder of a marked form is refused as its tool does, with its line', () => {
  const { migrations } = read({ '1_a.sql': '-- +goose Up\nSELECT 1;', '2_b.sql': 'SELECT 2;' });

  expect(migrations[1]?.up.problem).toMatch(/^2_b\.sql: there is no "up" marker, without which goose refuses it/);
  expect(up('-- +goose Up\n-- +goose StatementEnd')?.problemLine).toBe(2);
});

test('diesel: folders come in the order of their versions without hyphens', () => {
  const texts = {
    '2017-06-01-000000_add_a/up.sql': 'ALTER TABLE t ADD COLUMN a int;',
    '20170101000000_create_t/up.sql': 'CREATE TABLE t (id int);',
  };

  expect(outline(texts).map(([name]) => name)).toEqual(['20170101000000_create_t', '2017-06-01-000000_add_a']);
});

test('diesel: settings that say nothing of the transaction leave it, as with false', () => {
  const inTransaction = (settings: string) =>
    read({ '1_a/up.sql': 'SELECT 1;', '1_a/metadata.toml': settings }).migrations[0]?.up.inTransaction;

  expect(['', 'run_in_transaction = false', 'run_in_transaction = true'].map(inTransaction)).toEqual([
    false,
    false,
    true,
  ]);
});

const journal = (...entries: readonly (readonly [tag: string, when: number])[]) =>
  JSON.stringify({ entries: entries.map(([tag, when], idx) => ({ idx, when, tag, breakpoints: true })) });

test('Drizzle: the journal decides which files there are and in which order; breakpoints keep their lines', () => {
  const folder = read({
    'meta/_journal.json': journal(['0001_b', 1], ['0000_a', 2]),
    '0000_a.sql': 'SELECT 1;\n--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\nSELECT 3;',
    '0001_b.sql': 'SELECT 4;',
    '0002_c.sql': 'SELECT 5;',
  });

  expect(folder.form).toBe('Drizzle');
  expect(folder.migrations.map(({ name, down }) => [name, down])).toEqual([
    ['0001_b', null],
    ['0000_a', null],
  ]);
  expect(folder.migrations[1]?.up.parts.map(({ text, line }) => [text, line])).toEqual([
    ['SELECT 1;\n', 1],
    ['\nSELECT 2;', 2],
    ['\nSELECT 3;', 3],
  ]);
  expect(folder.notes).toEqual(['0002_c.sql: not in the form Drizzle, so it is not run']);
});

test('Drizzle: what the journal names and is not there, an older moment, and a journal that is none', () => {
  const { migrations, notes } = read({ 'meta/_journal.json': journal(['0000_a', 9], ['0001_b', 3]), '0000_a.sql': '' });

  expect(migrations[1]?.up.problem).toMatch(/^0001_b\.sql: the journal names it and it is not in the folder/);
  expect(notes).toEqual([expect.stringMatching(/^0001_b: its "when" is not newer than .* passes over it/)]);
  expect(() => read({ 'meta/_journal.json': '{' })).toThrow(/_journal\.json is no JSON/);
  expect(() => read({ 'meta/_journal.json': '{"entries":[{"tag":"a"}]}' })).toThrow(/no when in entry 1 of 1/);
});

test('Drizzle 1.0: a folder each with its snapshot, which tells it from Prisma', () => {
  const folder = read({ '20260101000000_a/migration.sql': 'SELECT 1;', '20260101000000_a/snapshot.json': '' });

  expect([folder.form, folder.migrations[0]?.name]).toEqual(['Drizzle 1.0', '20260101000000_a']);
});

test('Prisma: a lock for another database is said', () => {
  const texts = { 'migration_lock.toml': 'provider = "mysql"', '1_a/migration.sql': 'SELECT 1;' };

  expect(read(texts).notes).toEqual(['migration_lock.toml: it names the provider mysql; expected postgresql']);
});

test('node-pg-migrate: the sections in any order; without an Up marker the whole file goes forward', () => {
  expect(
    outline({
      '1_a.sql': '-- Down Migration\nSELECT -1;\n-- Up Migration\nSELECT 1;',
      '2_b.sql': '--- up migration\nSELECT 2;\n--- down migration\n',
      '3_c.sql': 'SELECT 3;',
    }),
  ).toEqual([
    ['1_a', '-- Up Migration\nSELECT 1;', '-- Down Migration\nSELECT -1;'],
    ['2_b', '--- up migration\nSELECT 2;', null],
    ['3_c', 'SELECT 3;', null],
  ]);
  const { migrations, notes } = read({ '1_a.sql': 'SELECT 1;\n-- Down Migration\nSELECT -1;' });
  expect(textOf(migrations[0]?.up)).toContain('SELECT -1;');
  expect(migrations[0]?.down?.parts[0]?.line).toBe(2);
  expect(notes).toEqual([expect.stringContaining('runs all of it forwards, the way back too')]);
});

test('node-pg-migrate: seventeen digits are a moment in UTC', () => {
  const texts = { '20260101000000000_a.sql': '-- Up Migration\n', '1767225599999_b.sql': '-- Up Migration\n' };

  expect(outline(texts).map(([name]) => name)).toEqual(['1767225599999_b', '20260101000000000_a']);
});

test('sqlx: the first bytes of a file leave the transaction, also in a pair', () => {
  const folder = read({ '1_a.sql': '-- no-transaction\nSELECT 1;', '2_b.sql': '\n-- no-transaction\nSELECT 2;' });

  expect(folder.form).toBe('sqlx');
  expect(folder.migrations.map((one) => one.up.inTransaction)).toEqual([false, true]);
  expect(up('-- no-transaction\nSELECT 1;', '1_a.up.sql')?.inTransaction).toBe(false);
});

test('Supabase is known by where it lies', () => {
  const texts = files({ '20210101000000_init.sql': 'SELECT 0;', '20260101000000_a.sql': 'SELECT 1;' });
  const folder = recogniseFolder(texts, [], { location: '/home/me/shop/supabase/migrations' });

  expect([folder.form, folder.migrations.map(({ name }) => name)]).toEqual(['Supabase', ['20260101000000_a']]);
  expect(folder.notes).toEqual([expect.stringMatching(/^20210101000000_init\.sql: an early dump/)]);
});

test('graphile-migrate: what is committed is read, current.sql is not', () => {
  const header = '--! Previous: -\n--! Hash: sha1:00\n\n';
  const folder = read({
    'committed/000001.sql': `${header}SELECT 1;`,
    'committed/000002-more.sql': `${header}--! no-transaction\nALTER DATABASE :DATABASE_NAME SET x.y = 1;`,
    'current.sql': 'SELECT 3;',
  });

  expect(folder.form).toBe('graphile-migrate');
  expect(folder.migrations.map(({ name, up: script }) => [name, script.inTransaction])).toEqual([
    ['000001', true],
    ['000002-more', false],
  ]);
  expect(folder.notes).toEqual([
    'committed/000002-more.sql: placeholders such as :DATABASE_NAME are not filled in',
    'current.sql: not in the form graphile-migrate, so it is not run',
  ]);
});

test('names with a hyphen are read', () => {
  expect(outline({ '0002-u.sql': 'SELECT 2;', '0001-t.sql': 'SELECT 1;' })).toEqual([
    ['0001-t', 'SELECT 1;', null],
    ['0002-u', 'SELECT 2;', null],
  ]);
});
