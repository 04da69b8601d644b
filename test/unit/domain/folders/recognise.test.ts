import { recogniseFolder } from '#domain/folders/recognise';
import { files, read, textOf } from './folder';

test('several forms in one folder are refused with what belongs to which', () => {
  const mixed = files({ '1_a.up.sql': 'SELECT 1;', '2_b.sql': '-- +goose Up\nSELECT 2;', '3_c.sql': 'SELECT 3;' });

  expect(() => recogniseFolder(mixed)).toThrow(
    /2 forms.*goose: 2_b\.sql; \*\.up\.sql and \*\.down\.sql: 1_a\.up\.sql\. Name the form with --form \(goose or pairs\)/,
  );
});

test('one file with the markers of two tools is refused', () => {
  expect(() => read({ '1_a.sql': '-- +goose Up\nSELECT 1;\n-- migrate:up\nSELECT 2;' })).toThrow(/goose.*dbmate/);
});

test('a folder in no form is refused with what was found and what is expected', () => {
  expect(() => read({ 'schema.sql': 'SELECT 1;', 'x/seed.sql': 'SELECT 2;' })).toThrow(
    /found schema\.sql, x\/seed\.sql; expected one of: Drizzle; .*Prisma; .*migration-checklist/,
  );
  expect(() => read({})).toThrow(/found no file/);
});

test('a long list of files is cut short', () => {
  const texts = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`file${index}.sql`, 'SELECT 1;']));

  expect(() => read(texts)).toThrow(/file4\.sql and 3 more;/);
});

test('SQL and Go files that the form does not know are said', () => {
  expect(read({ '1_a.up.sql': 'SELECT 1;', 'seed.sql': 'SELECT 2;', '2_b.go': 'package b' }).notes).toEqual([
    'seed.sql: not in the form *.up.sql and *.down.sql, so it is not run',
    '2_b.go: a migration in Go (goose, gormigrate): only SQL is run',
  ]);
});

test('endings in capitals are said as well, and folders that lie too deep', () => {
  const texts = { 'V3__w.sql': 'SELECT 3;', 'V4__x.SQL': 'SELECT 4;', '4_x.UP.SQL': 'SELECT 4;' };

  expect(recogniseFolder(files(texts), ['a/b/', 'a/c/']).notes).toEqual([
    'V4__x.SQL, 4_x.UP.SQL (2 in all): not in the form Flyway, so it is not run',
    'a/b/, a/c/ (2 in all): deeper than one folder, so what is in there is not run',
  ]);
  expect(() => recogniseFolder([], ['a/b/'])).toThrow(/found no file; a\/b\/: deeper than one folder/);
});

test('a strong form beats a weak one, and what it leaves is named', () => {
  const folder = read({ '001_t.up.sql': 'SELECT 1;', '001_t.down.sql': 'SELECT -1;', '002_u_down.sql': 'SELECT -2;' });

  expect([folder.form, folder.migrations.length]).toEqual(['*.up.sql and *.down.sql', 1]);
  expect(folder.notes).toEqual(['002_u_down.sql: not in the form *.up.sql and *.down.sql, so it is not run']);
});

test('one file of a strong form does not make many others strays', () => {
  const texts = { '1_a.up.sql': 'SELECT 1;', '2_b.sql': 'SELECT 2;', '3_c.sql': 'SELECT 3;' };

  expect(() => read(texts)).toThrow(/2 forms.*--form \(pairs or numbered\)/);
  expect(recogniseFolder(files(texts), [], { form: 'numbered' }).migrations.map(({ name }) => name)).toEqual([
    '2_b',
    '3_c',
  ]);
});

test('--form decides, by the name of the form or of a tool that has it', () => {
  const mixed = files({ '1_a.up.sql': 'SELECT 1;', '2_b.sql': '-- +goose Up\nSELECT 2;' });
  const names = (form: string) => recogniseFolder(mixed, [], { form }).migrations.map(({ name }) => name);

  expect([names('Goose'), names('golang-migrate')]).toEqual([['2_b'], ['1_a']]);
  expect(() => names('flyway')).toThrow(/no migration in the form flyway was found; found 1_a\.up\.sql, 2_b\.sql/);
  expect(() => names('rails')).toThrow(/"rails" is no form of migrations; expected one of: dbmate, diesel, /);
});

test('programs and the SQL of tools that are not read are named for what they are', () => {
  expect(() => read({ '0001_a.py': '', 'V2__b.java': '', 'helpers.js': '', 'env.py': '' })).toThrow(
    /0001_a\.py: a migration in Python \(Alembic.*V2__b\.java: a migration in Java \(Flyway\)(?!.*helpers\.js:)/,
  );
  expect(() => read({ 'changes.sql': '--liquibase formatted sql\n--changeset a:1\nSELECT 1;' })).toThrow(
    /changes\.sql: Liquibase formatted SQL/,
  );
});

test('templates are told from arrays of arrays', () => {
  const { notes } = read({
    '1_a.up.sql': 'CREATE SCHEMA {{ .Schema }};',
    '2_b.up.sql': "SELECT '{{1,2},{3,4}}'::int[][];",
    '3_c.up.sql.tmpl': '',
  });

  expect(notes).toEqual([
    '1_a.up.sql: holds a template such as {{ .name }}, which is not filled in',
    '3_c.up.sql.tmpl: a template, which its own tool fills in: it is not run',
  ]);
});

test('folders named by versions follow each other in the order of their numbers', () => {
  const folder = read({
    'v1.10/001_c.up.sql': 'SELECT 3;',
    'v1.9/002_b.up.sql': 'SELECT 2;',
    'v1.9/001_a.up.sql': 'SELECT 1;',
    'v1.9/001_a.down.sql': 'SELECT -1;',
    'seeds/people.sql': 'SELECT 4;',
  });

  expect(folder.migrations.map(({ name, up, down }) => [name, up.fileName, textOf(down)])).toEqual([
    ['v1.9/001_a', 'v1.9/001_a.up.sql', 'SELECT -1;'],
    ['v1.9/002_b', 'v1.9/002_b.up.sql', null],
    ['v1.10/001_c', 'v1.10/001_c.up.sql', null],
  ]);
  expect(folder.notes).toEqual(['seeds/people.sql: not in the form *.up.sql and *.down.sql, so it is not run']);
  expect(() => read({ 'v1/1_a.up.sql': 'SELECT 1;', 'v2/1_b.sql': '-- +goose Up\nSELECT 2;' })).toThrow(
    /v1\/ is in the form \*\.up\.sql.* and v2\/ in the form goose/,
  );
});

test('a comment in prose that begins like a marker of node-pg-migrate shows no form', () => {
  const prose = '-- Down migrations to 1.x are not available.\n';

  expect(read({ '1_a.up.sql': 'SELECT 1;', '1_a.down.sql': prose, '2_b.up.sql': `${prose}SELECT 2;` }).formId).toBe(
    'pairs',
  );
  expect(read({ '1_a.sql': `-- up migration of the shop\nSELECT 1;\n${prose}` }).formId).not.toBe('node-pg-migrate');
  for (const marker of ['-- Up Migration', '---- up migration --', '-- Up Migration: orders', '--Up Migration\r'])
    expect(read({ '1_a.sql': `${marker}\nSELECT 1;\n` }).formId).toBe('node-pg-migrate');
});
