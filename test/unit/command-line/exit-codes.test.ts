import { exitCodeOf, Interrupted, UsageError } from '#command-line/exit-codes';
import { InvalidInput, MigrationRefused, PlatformFailed } from '#domain/errors';
import { ConfigurationRefused } from '#infra/config';

test.each([
  ['arguments', new UsageError('--port is "x"'), 2],
  ['a configuration', new ConfigurationRefused('line 1'), 2],
  ['what was named', new InvalidInput('there is no run "x"'), 2],
  ['a migration', new MigrationRefused('001_a.sql:1:1'), 1],
  ['a service', new PlatformFailed('Neon does not answer'), 1],
  ['anything else', new TypeError('x is undefined'), 1],
  ['Ctrl-C', new Interrupted('SIGINT'), 130],
  ['an end from outside', new Interrupted('SIGTERM'), 143],
])('the fault of %s has its exit code', (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
