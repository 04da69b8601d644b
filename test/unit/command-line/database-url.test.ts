import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { databaseUrlOf, warningAbout, withPassword } from '#command-line/database-url';
import { withFolder } from '#test/support/with-folder';

const environment = { DATABASE_URL: 'postgresql://ada:s3cret@db.example.org/shop', EMPTY: '' };

test('the name of a variable stands for what it holds, and a URL for itself', () => {
  expect(databaseUrlOf('DATABASE_URL', environment)).toBe(environment.DATABASE_URL);
  expect(databaseUrlOf('postgresql://ada@localhost/shop', environment)).toBe('postgresql://ada@localhost/shop');
});

test.each(['STAGING_URL', 'EMPTY'])('a variable that is not there or empty is named: %s', (name) => {
  expect(() => databaseUrlOf(name, environment)).toThrow(
    `--database-url is "${name}", and the environment has no variable ${name}; expected the name of a variable`,
  );
});

test.each([
  ['postgresql://ada:s3cret@localhost/shop', true],
  ['postgres://ada:s3%40cret@localhost/shop', true],
  ['postgresql://ada@localhost/shop', false],
  ['postgresql://ada:@localhost/shop', false],
  ['postgresql://localhost:5432/shop', false],
  ['postgresql://localhost/shop?application_name=a:b@c', false],
  ['DATABASE_URL', false],
])('a password on the command line is warned of, without repeating it: %s', (url, isWarned) => {
  const warning = warningAbout(url);

  expect(warning !== null).toBe(isWarned);
  expect(warning ?? '').not.toContain('s3');
});

test('a password that the URL has not comes from PGPASSWORD, and else from the password file', () =>
  withFolder(async (directory) => {
    const file = path.join(directory, 'pgpass');
    const lines = [
      '# ours',
      'db.example.org:5432:other:ada:no',
      'db.example.org:*:shop:ada:colon\\:and @',
      '*:*:*:*:last',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    const url = 'postgresql://ada@db.example.org:6543/shop?sslmode=require';
    const read = (environment: Readonly<Record<string, string>>, one = url) => new URL(withPassword(one, environment));

    expect(decodeURIComponent(read({ PGPASSFILE: file }).password)).toBe('colon:and @');
    expect(read({ PGPASSFILE: file }).searchParams.get('sslmode')).toBe('require');
    expect(read({ PGPASSFILE: file }, 'postgresql://bob@elsewhere/x').password).toBe('last');
    expect(read({ PGPASSFILE: file, PGPASSWORD: 'a/b' }).password).toBe('a%2Fb');
    expect(read({ PGPASSFILE: file, PGPASSWORD: 'x' }, 'postgresql://ada:own@db.example.org/shop').password).toBe(
      'own',
    );
    expect(withPassword('no url', { PGPASSWORD: 'x' })).toBe('no url');
    expect(withPassword('postgresql://ada@h/a%zz', { PGPASSFILE: file })).toBe('postgresql://ada@h/a%zz');
    expect(withPassword(url, { PGPASSFILE: path.join(directory, 'none') })).toBe(url);
    chmodSync(file, 0o644);
    expect(withPassword(url, { PGPASSFILE: file })).toBe(url);
  }));
