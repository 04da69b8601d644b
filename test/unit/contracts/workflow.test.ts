/** Table, files, workflow file and its README are held together, in both directions. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as errors from '#domain/errors';
import { allBoxes, checklist, namesOf } from '#lambdas/checklist';
import { entryPoints } from '#lambdas/entry-points';
import { loadDefinition, substitute, workflowNames } from '#statemachine/load-definition';
import { projectRoot } from '#test/support/project-root';

type State = {
  Type: string;
  Arguments?: { FunctionName?: string };
  Branches?: { States: Record<string, State> }[];
  Retry?: { ErrorEquals: string[] }[];
  Catch?: { ErrorEquals: string[] }[];
};

const statesIn = (states: Record<string, State>): [string, State][] =>
  Object.entries(states).flatMap(([name, state]) => [
    [name, state],
    ...(state.Branches ?? []).flatMap((branch) => statesIn(branch.States)),
  ]);

const statesOf = (name: (typeof workflowNames)[number]) =>
  statesIn((loadDefinition(name) as { States: Record<string, State> }).States);
const states = statesOf('migration-checklist');
const all = workflowNames.flatMap(statesOf);
const functionOf = ({ Arguments }: State) => /^\$\{(\w+)Arn\}$/.exec(Arguments?.FunctionName ?? '')?.[1];

test('the checklist has 16 steps and 61 boxes, each with an id of its own that begins with the step', () => {
  expect(checklist.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  expect(new Set(allBoxes.map(({ id }) => id)).size).toBe(61);
  for (const { number, boxes } of checklist)
    expect(boxes.map(({ id }) => id)).toEqual(boxes.map((_, index) => `${number}.${index + 1}`));
});

test('every step is a state of its own name that invokes the function of its own name', () => {
  const invoked = states.filter(([name]) => name.startsWith('Step ')).map(([name, state]) => [name, functionOf(state)]);
  const expected = checklist.map(namesOf).map(({ stateName, functionName }) => [stateName, functionName]);

  expect(invoked.sort()).toEqual(expected.sort());
});

test('every other state that invokes a function stands in the table of entry points, and the other way round', () => {
  const invoked = all
    .filter(([name, state]) => functionOf(state) && !name.startsWith('Step '))
    .map(([name, state]) => `${name}: ${functionOf(state)}`);
  const expected = entryPoints.flatMap(({ functionName, stateNames }) =>
    stateNames.map((name) => `${name}: ${functionName}`),
  );

  expect([...new Set(invoked)].sort()).toEqual(expected.sort());
});

test('every function is a file, and every step file is a step', () => {
  const files = readdirSync(path.join(projectRoot, 'lambdas/steps'))
    .filter((name) => name !== 'README.md')
    .map((name) => name.replace(/\.ts$/, ''));

  expect(files.sort()).toEqual(checklist.map((step) => namesOf(step).file).sort());
  for (const { file } of entryPoints) expect(existsSync(path.join(projectRoot, 'lambdas', `${file}.ts`))).toBe(true);
});

test('the README of the workflow names every state with its file', () => {
  const readme = readFileSync(path.join(projectRoot, 'statemachine/README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| ([^|]+?) \| `([^`]+)\.ts`/gm)].map(([, state, file]) => `${state} ${file}`);
  const expected = [
    ...checklist.map(namesOf).map(({ stateName, file }) => `${stateName} steps/${file}`),
    ...entryPoints.flatMap(({ stateNames, file }) => stateNames.map((state) => `${state} ${file}`)),
  ];

  expect(rows.sort()).toEqual(expected.sort());
});

const ourErrors = Object.values(errors)
  .filter((type) => type.prototype instanceof Error && type !== errors.ChecklistError)
  .map((type) => new (type as new (...args: unknown[]) => errors.ChecklistError)('', {}));

const ownNamesIn = (matchers: readonly { readonly ErrorEquals: readonly string[] }[]) => [
  ...new Set(matchers.flatMap(({ ErrorEquals }) => ErrorEquals).filter((name) => !name.includes('.'))),
];

test('the errors that the workflow retries are errors that exist and that say "later"', () => {
  const retriable = ourErrors.filter(({ retry }) => retry === 'later').map(({ name }) => name);
  const retried = ownNamesIn(all.flatMap(([, { Retry = [] }]) => Retry));

  // Only by a rollback, which finds out itself what became of the attempt before.
  expect(retried.sort()).toEqual([...retriable, 'OutcomeUnknown'].sort());
});

test('the errors that the workflow catches by their names are errors that exist', () => {
  const caught = ownNamesIn(all.flatMap(([, { Catch = [] }]) => Catch));

  expect(caught).toContain('NotRolledBack');
  expect(caught.filter((name) => !ourErrors.some((error) => error.name === name))).toEqual([]);
});

test('a step that the workflow of rollbacks calls has its own name there too', () => {
  const names = new Map(checklist.map(namesOf).map(({ stateName, functionName }) => [functionName, stateName]));
  const called = statesOf('migration-rollback').filter(([, state]) => names.has(functionOf(state) ?? ''));

  expect(called.map(([name]) => name)).toEqual(['Step 5: Back up database']);
  for (const [name, state] of called) expect(name).toBe(names.get(functionOf(state) ?? ''));
});

test('the step that changes the target is retried only when a lock was not granted', () => {
  const [, apply] = states.find(([name]) => name === 'Step 8: Apply migration') ?? [];

  expect(apply?.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(['LockNotAvailable']);
});

test('a substitution without a value is an error that names it', () => {
  // In two parts: written as one it would look like a template string that lost its backticks.
  const placeholder = '$' + '{MissingArn}';

  expect(() => substitute({ States: { a: placeholder } }, {})).toThrow(placeholder);
});
