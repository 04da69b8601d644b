import { readFileSync } from 'node:fs';
import path from 'node:path';
import { asTyped, callInstalled, installedCommands, swallowedOption } from '#command-line/as-typed';
import { projectRoot } from '#test/support/project-root';

const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const scriptOf: Readonly<Record<string, string>> = { run: 'start', publish: 'publish-migrations' };

test('every command of the package is a script of the clone too', () => {
  for (const command of Object.keys(installedCommands)) expect(scripts[scriptOf[command] ?? command]).toBeDefined();
});

test('an option that npm kept for itself is noticed', () => {
  const byNpm = { npm_lifecycle_event: 'start', npm_config_yes: 'true' };

  expect(swallowedOption(['yes', 'database-url'], byNpm)).toBe('yes');
  expect(swallowedOption(['database-url'], { ...byNpm, npm_config_database_url: 'x' })).toBe('database-url');
  expect(swallowedOption(['yes'], { npm_config_yes: 'true' })).toBeNull();
  expect(swallowedOption(['yes'], { npm_lifecycle_event: 'start' })).toBeNull();
});

test('a command is named as it is typed: by npm in the clone, by itself once installed', () => {
  const text =
    'npm start -- --yes, npm run status, npm run publish-migrations -- X, npm run settle -- 002; npm run bench';

  expect(asTyped(text)).toBe(text);
  callInstalled();
  expect(asTyped(text)).toBe(
    'migration-checklist run --yes, migration-checklist status, migration-checklist publish X, migration-checklist settle 002; npm run bench',
  );
});
