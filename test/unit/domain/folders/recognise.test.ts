import { recogniseFolder } from '#domain/folders/recognise';
import { files, read } from './folder';

test('several forms in one folder are refused with what belongs to which', () => {
  const mixed = files({ '1_a.up.sql': 'SELECT 1;', '2_b.sql': '-- +goose Up\nSELECT 2;', '3_c.sql': 'SELECT 3;' });

  expect(() => recogniseFolder(mixed)).toThrow(
    /3 forms.*\*\.up\.sql and \*\.down\.sql: 1_a\.up\.sql; goose: 2_b\.sql; migration-checklist: 3_c\.sql/,
  );
});

test('one file with the markers of two tools is refused', () => {
  expect(() => read({ '1_a.sql': '-- +goose Up\nSELECT 1;\n-- migrate:up\nSELECT 2;' })).toThrow(/goose.*dbmate/);
});

test('a folder in no form is refused with what was found and what is expected', () => {
  expect(() => read({ 'schema.sql': 'SELECT 1;', 'x/seed.sql': 'SELECT 2;' })).toThrow(
    /found schema\.sql, x\/seed\.sql; expected one of: migration-checklist; .*Prisma/,
  );
  expect(() => read({})).toThrow(/found no file/);
});

test('a long list of files is cut short', () => {
  const texts = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`file${index}.sql`, 'SELECT 1;']));

  expect(() => read(texts)).toThrow(/file4\.sql and 3 more;/);
});

test('SQL and Go files that the form does not know are said', () => {
  expect(read({ '1_a.up.sql': 'SELECT 1;', 'seed.sql': 'SELECT 2;', '2_b.go': 'package b' }).notes).toEqual([
    'seed.sql is not in the form *.up.sql and *.down.sql: it is not run',
    '2_b.go is not in the form *.up.sql and *.down.sql: it is not run',
  ]);
});

test('endings in capitals are said as well, and folders that lie too deep', () => {
  const texts = { 'V3__w.sql': 'SELECT 3;', 'V4__x.SQL': 'SELECT 4;', '4_x.UP.SQL': 'SELECT 4;' };

  expect(recogniseFolder(files(texts), ['a/b/', 'a/c/']).notes).toEqual([
    'V4__x.SQL is not in the form Flyway: it is not run',
    '4_x.UP.SQL is not in the form Flyway: it is not run',
    'a/b/, a/c/ lie deeper than one folder: what is in there is not run',
  ]);
  expect(() => recogniseFolder([], ['a/b/'])).toThrow(/found no file; a\/b\/ lies deeper than one folder/);
});
