import path from 'node:path';
import { stateDirectoryOf } from '#local/state-directory';

const of = (migrations: string, databaseUrl: string | null = null) => stateDirectoryOf({ migrations, databaseUrl });

test('the samples on the embedded database have the folder itself', () => {
  expect(of('migrations')).toBe(path.resolve('.local'));
  expect(of('./migrations/')).toBe(path.resolve('.local'));
});

test('other migrations have a folder below it, named after their project', () => {
  expect(of('../shop/migrations')).toMatch(/\.local\/projects\/shop-[0-9a-f]{8}$/);
  expect(of('/srv/a b/migrations')).toMatch(/\/a-b-[0-9a-f]{8}$/);
});

test('two projects of the same name are two', () => {
  expect(of('/srv/one/shop/migrations')).not.toBe(of('/srv/two/shop/migrations'));
});

test("a server of the user's is another target than the embedded one, for the samples too", () => {
  expect(of('migrations', 'postgres://host/app')).toContain(`${path.sep}projects${path.sep}`);
});

test.each([
  ['another host', 'postgres://other/app'],
  ['another port', 'postgres://host:5433/app'],
  ['another database', 'postgres://host/shop'],
])('%s is another target', (_, url) => {
  expect(of('migrations', url)).not.toBe(of('migrations', 'postgres://host/app'));
});

test.each([
  ['with the port that is meant without one', 'postgres://host:5432/app'],
  ['as another role, with another password', 'postgres://ada:opensesame@host/app'],
  ['with other parameters', 'postgres://host/app?sslmode=verify-full'],
  ['under the other name of the scheme', 'postgresql://host/app'],
  ['in capitals', 'postgres://HOST/app'],
])('the same target %s has the same state', (_, url) => {
  expect(of('migrations', url)).toBe(of('migrations', 'postgres://host/app'));
});

test('the name contains no part of a URL, readable or not as one', () => {
  expect(of('migrations', 'postgres://ada:opensesame@host/app')).not.toMatch(/opensesame|ada|host/);
  expect(of('migrations', 'no url: opensesame')).not.toContain('opensesame');
});
