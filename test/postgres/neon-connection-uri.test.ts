import { parseConnectionUri } from '#adapters/neon/connection-uri';

test('a URI of Neon is taken apart: TLS, the usual port, signs decoded', () => {
  const settings = parseConnectionUri(
    'postgresql://al%40ice:p%2Fw%3A1@ep-cool-darkness-123456.us-east-2.aws.neon.tech/my%20db?sslmode=require&channel_binding=require',
  );

  expect(settings).toEqual({
    host: 'ep-cool-darkness-123456.us-east-2.aws.neon.tech',
    port: 5432,
    tls: true,
    pooled: false,
    user: 'al@ice',
    password: 'p/w:1',
    database: 'my db',
  });
});

test.each([
  ['ep-a-1-pooler.us-east-2.aws.neon.tech', true],
  ['ep-pooler-1.us-east-2.aws.neon.tech', false],
  ['ep-a-1.eu-pooler.aws.neon.tech', false],
])('the host %s is a pooler: %s', (host, pooled) => {
  expect(parseConnectionUri(`postgres://u:p@${host}/d`)).toMatchObject({ pooled });
});

test.each([
  ['127.0.0.1', '127.0.0.1', false],
  ['localhost', 'localhost', false],
  ['[::1]', '::1', false],
  ['10.0.0.1', '10.0.0.1', true],
])('the host %s is reached with TLS: %s → %s', (written, host, tls) => {
  expect(parseConnectionUri(`postgres://u:p@${written}:6000/d`)).toMatchObject({ host, port: 6_000, tls });
});

test.each(['not a uri with s3cret', 'https://u:s3cret@host/d'])(
  'what is no connection URI is refused unquoted',
  (uri) => {
    expect(() => parseConnectionUri(uri)).toThrow(/^Neon gave a connection URI (?!.*s3cret)/);
  },
);
