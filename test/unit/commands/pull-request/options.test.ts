import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { inputNames, inputVariable, parsePullRequestOptions } from '#commands/pull-request/options';
import { projectRoot } from '#test/support/project-root';

test('without anything the changed folders are rehearsed, and the comment is kept', () => {
  expect(parsePullRequestOptions([], {})).toMatchObject({
    migrations: [],
    base: null,
    databaseUrl: null,
    reviewOnly: false,
    comment: 'migrations',
  });
});

test('inputs of the action come by the environment, and an option outweighs them', () => {
  const environment = {
    INPUT_MIGRATIONS: 'db/a\n db/b \n',
    INPUT_ALLOW_MISSING: 'true',
    INPUT_STRICT: 'false',
    INPUT_EXTENSION: 'citext,pg_trgm',
    INPUT_FORM: '',
    INPUT_COMMENT: 'shop',
    INPUT_ROWS: '5',
    INPUT_DATABASE_URL: 'SHOP_URL',
    SHOP_URL: 'postgresql://a@b/c',
    DATABASE_URL: 'postgresql://nobody/named/it',
  };

  expect(parsePullRequestOptions(['--comment', 'other'], environment)).toMatchObject({
    migrations: ['db/a', 'db/b'],
    allowsMissing: true,
    strict: false,
    extensions: ['citext', 'pg_trgm'],
    form: null,
    comment: 'other',
    rows: 5,
    databaseUrl: 'postgresql://a@b/c',
  });
});

test('a variable that nobody named is not taken', () => {
  expect(parsePullRequestOptions([], { DATABASE_URL: 'postgresql://a@b/c' })).toMatchObject({
    databaseUrl: null,
    rows: 20,
  });
});

test.each([
  [{ INPUT_ROWS: 'many' }, '--rows is "many"'],
  [{ INPUT_STRICT: 'yes' }, 'the input strict is "yes"; expected true or false'],
  [{ INPUT_COMMENT: 'a --> b' }, '--comment is "a --> b"'],
  [{ INPUT_EXTENSION: 'a,,b' }, '--extension is "a,,b"'],
])('%j is refused', (environment, message) => {
  expect(() => parsePullRequestOptions([], environment)).toThrow(message);
});

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: string;
};

const action = parse(readFileSync(path.join(projectRoot, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};

const steps = action.runs.steps;

test('the action has an input for each option and no other, and hands each over by the environment', () => {
  const environment = Object.assign({}, ...steps.map(({ env }) => env ?? {})) as Record<string, string>;

  expect(Object.keys(action.inputs).toSorted()).toEqual([...inputNames, 'token'].toSorted());
  for (const name of inputNames) expect(environment[inputVariable(name)]).toBe(`\${{ inputs.${name} }}`);
  expect(environment['GITHUB_TOKEN']).toBe(`\${{ inputs.token }}`);
});

test('nothing of the workflow is pasted into a script, and what it uses of others is pinned by its commit', () => {
  const scripts = steps.flatMap(({ run }) => run ?? []);

  expect(scripts.length).toBeGreaterThanOrEqual(2);
  for (const script of scripts) expect(script).not.toContain('${{');
  for (const { run, shell } of steps) expect(run === undefined || shell === 'bash').toBe(true);
  for (const { uses } of steps.filter((step) => step.uses)) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
});

test('the action compiles with the versions that the clone compiles with', () => {
  const { devDependencies } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const packages = [
    ...steps
      .map(({ run }) => run ?? '')
      .join('\n')
      .matchAll(/--package=([a-z]+)@(\S+)/g),
  ];

  expect(packages.map(([, name]) => name)).toEqual(['tsx', 'esbuild']);
  for (const [, name = '', version] of packages) expect(devDependencies[name]).toBe(version);
});
