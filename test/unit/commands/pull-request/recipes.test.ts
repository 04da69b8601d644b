/** What docs/ci.md tells people to write: it parses, and every command and option in it exists. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { installedCommands } from '#command-line/as-typed';
import { parsePullRequestOptions, pullRequestHelp } from '#commands/pull-request/options';
import { rehearseHelp } from '#commands/rehearse/options';
import { parseReviewOptions, reviewHelp } from '#commands/review/options';
import { projectRoot } from '#test/support/project-root';

const read = (name: string) => readFileSync(path.join(projectRoot, name), 'utf8');

const recipes = [...read('docs/ci.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

const lines = [...read('docs/ci.md').matchAll(/migration-checklist (review|rehearse|pull-request)\b([^\n`"']*)/g)];

const helps: Readonly<Record<string, string>> = {
  review: reviewHelp,
  rehearse: rehearseHelp,
  'pull-request': pullRequestHelp,
};

test('every recipe is YAML', () => {
  expect(recipes.length).toBeGreaterThanOrEqual(4);
  for (const recipe of recipes) expect(parse(recipe)).toEqual(expect.anything());
});

test('every command in a recipe exists, with the options that it is given', () => {
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const [, command = '', rest = ''] of lines) {
    expect(Object.keys(installedCommands)).toContain(command);
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(`${command}: ${helps[command]}`).toContain(option);
  }
});

const inputsOf = (text: string) =>
  JSON.stringify(parse(text)).includes('migration-checklist@')
    ? [...text.matchAll(/^ {10,}([a-z-]+): /gm)].map(([, name]) => name)
    : [];

test('every input that a recipe gives the action is one of it', () => {
  const { inputs } = parse(read('action.yml')) as { readonly inputs: Readonly<Record<string, unknown>> };
  const given = recipes
    .flatMap(inputsOf)
    .filter((name) => !['image', 'sarif_file', 'POSTGRES_PASSWORD'].includes(name ?? ''));

  expect(given).toEqual(expect.arrayContaining(['migrations', 'database-url', 'sarif']));
  for (const name of given)
    expect([...Object.keys(inputs), 'node-version', 'persist-credentials', 'fetch-depth']).toContain(name);
});

type Hook = { readonly id: string; readonly entry: string; readonly language: string; readonly files: string };

test('the hooks of pre-commit name commands of the package, with arguments that they take', () => {
  const hooks = parse(read('.pre-commit-hooks.yaml')) as readonly Hook[];

  expect(hooks.map(({ id }) => id)).toEqual(['migration-review']);
  for (const { entry, language, files } of hooks) {
    const [program, command = '', ...args] = entry.split(' ');
    expect([program, language]).toEqual(['migration-checklist', 'node']);
    expect(Object.keys(installedCommands)).toContain(command);
    expect(() => parseReviewOptions([...args, 'db/1_a.sql'])).not.toThrow();
    expect('db/migrations/1_a.sql').toMatch(new RegExp(files));
    expect(read('docs/ci.md')).toContain('- id: migration-review');
  }
});

test('outside of a workflow the recipe for any CI compares with a branch', () => {
  expect(parsePullRequestOptions(['--base', 'origin/main'], {}).base).toBe('origin/main');
});
