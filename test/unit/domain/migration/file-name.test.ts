import { checksFileNameOf, parseFileName } from '#domain/migration/file-name';

test.each([
  ['001_create_jobs.sql', '001', 'create_jobs'],
  ['20260101120000_x.sql', '20260101120000', 'x'],
  ['7_a_2.sql', '7', 'a_2'],
])('%s has a version and a description', (fileName, version, description) => {
  expect(parseFileName(fileName)).toEqual({ version, description });
});

const expected =
  'expected <version>_<description>.sql, digits and then snake_case, for example 003_add_market_tags.sql. Rename the file';

test.each([
  ['create_jobs.sql', 'does not start with a version'],
  ['001.sql', 'has no description'],
  ['001-create-jobs.sql', 'has no underscore behind the version'],
  ['001_Create_jobs.sql', 'has capital letters'],
  ['001_create-jobs.sql', 'has a hyphen'],
  ['001_create jobs.sql', 'has white space'],
  ['001_create_jobs', 'does not end in .sql'],
  ['001_create_jobs.SQL', 'does not end in .sql'],
  ['001_create_jobs.checks.sql', 'is a checks file, which goes with a migration and is not one'],
  ['../001_create_jobs.sql', 'names a folder'],
  ['001_.sql', 'has the wrong form'],
  ['001__create.sql', 'has the wrong form'],
  ['001_größe.sql', 'has the wrong form'],
  ['', 'does not end in .sql'],
])('%j is refused: the file name %s', (fileName, flaw) => {
  expect(() => parseFileName(fileName)).toThrow(
    expect.objectContaining({ name: 'MigrationRefused', message: `${fileName}: the file name ${flaw}; ${expected}` }),
  );
});

test('the checks file lies beside the migration under the same name', () => {
  expect(checksFileNameOf('001_create_jobs.sql')).toBe('001_create_jobs.checks.sql');
});
