import { readConnectionUrl } from '#adapters/postgres/plain-server/connection-url';

test('a URL gives host, port, role, password and database, decoded', () => {
  expect(readConnectionUrl('postgresql://the%20role:p%40ss%2Fword@db.example.org:5433/my%20db')).toEqual({
    host: 'db.example.org',
    port: 5433,
    user: 'the role',
    password: 'p@ss/word',
    database: 'my db',
    tls: true,
    pooled: false,
  });
});

test('the port is 5432 unless given, and an address of version 6 loses its brackets', () => {
  expect(readConnectionUrl('postgres://ada@[::1]/app')).toMatchObject({ host: '::1', port: 5432, password: '' });
});

test.each([
  ['postgres://ada@localhost/app', false],
  ['postgres://ada@127.0.0.1/app', false],
  ['postgres://ada@127.0.0.1/app?sslmode=require', true],
  ['postgres://ada@db.example.org/app', true],
  ['postgres://ada@db.example.org/app?sslmode=prefer', true],
  ['postgres://ada@db.example.org/app?sslmode=verify-full&channel_binding=require', true],
  ['postgres://ada@db.example.org/app?sslmode=disable', false],
])('%s is encrypted: %s', (url, tls) => {
  expect(readConnectionUrl(url).tls).toBe(tls);
});

test.each([
  ['postgres://ada@ep-x-pooler.eu.aws.neon.tech/app', true],
  ['postgres://ada@db.example.org:6432/app', true],
  ['postgres://ada@db.example.org/app', false],
])('%s is a pooler: %s', (url, pooled) => {
  expect(readConnectionUrl(url).pooled).toBe(pooled);
});

test.each([
  ['no url at all s3cret', 'cannot be read'],
  ['mysql://ada:s3cret@host/app', 'does not begin with postgresql://'],
  ['postgres://ada:s3cret@host', 'names no database'],
  ['postgres://ada:s3cret@/app', 'cannot be read'],
  ['postgres:///app', 'names no host'],
  ['postgres://:s3cret@host/app', 'names no role'],
  ['postgres://ada:s3cret@host:port/app', 'cannot be read'],
  ['postgres://ada:s3cret%@host/app', 'has a password with a "%" that does not begin an escape'],
  ['postgres://ada:pass#s3cret@host/app', 'cannot be read'],
  ['postgres://ada:x@host/app#s3cret', 'has a "#"'],
  ['postgres://ada:s3cret@host/app?sslmode=maybe', 'an sslmode that PostgreSQL does not know'],
  ['postgres://ada:x@host/app?sslmode=s3cret', 'an sslmode that PostgreSQL does not know'],
  ['postgres://ada:x@host/app?s3cret=1', 'has 1 parameter that is not supported'],
])('%s is refused with the reason, the form and no secret', (url, reason) => {
  const read = () => readConnectionUrl(url);

  expect(read).toThrow(expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(reason) }));
  expect(read).toThrow('expected postgresql://role:password@host:5432/database');
  expect(read).not.toThrow(/s3cret/);
});
