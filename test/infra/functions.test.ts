import { functionTable } from '#infra/function-table';
import { checklist, namesOf } from '#lambdas/checklist';
import { entryPoints } from '#lambdas/entry-points';
import { readSettings } from '#lambdas/runtime/live-settings';
import { loadDefinition, type WorkflowName, workflowNames } from '#statemachine/load-definition';
import { environmentOf, functions, resourcesOf, stateMachineNamed, stateMachines } from './template';

const namesOfTheChecklist = [
  ...checklist.map((step) => namesOf(step).functionName),
  ...entryPoints.map(({ functionName }) => functionName),
];

const substitutionsOf = (workflow: WorkflowName) => [
  ...new Set([...JSON.stringify(loadDefinition(workflow)).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name)),
];

const substitutionsOfTheWorkflows = workflowNames.flatMap(substitutionsOf);

/** Tokens of CloudFormation as the values that a deployment could give them. */
const deployed = (variables: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : `https://${name}`]),
  );

test('there is one function for every step and entry point, and no other', () => {
  expect(Object.keys(functions).sort()).toEqual([...namesOfTheChecklist].sort());
  expect(Object.keys(resourcesOf('AWS::Lambda::Function'))).toHaveLength(namesOfTheChecklist.length);
});

test('every function runs on Node.js 24 on arm64 under the name of the checklist', () => {
  expect(Object.keys(functions)).toHaveLength(namesOfTheChecklist.length);
  for (const [name, properties] of Object.entries(functions))
    expect(properties).toMatchObject({
      FunctionName: `MigrationChecklist-${name}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON' },
      TracingConfig: { Mode: 'Active' },
    });
});

test.each(stateMachines)(
  '$name gets an ARN for everything that its workflow file names, and for nothing else',
  (one) => {
    const { Properties } = stateMachineNamed(one.name);

    expect(Object.keys(Properties['DefinitionSubstitutions'] as object).sort()).toEqual(
      substitutionsOf(one.workflow).sort(),
    );
  },
);

test('every function that no state names is a page or called by an event', () => {
  const entered = functionTable.filter(
    ({ functionName }) => !substitutionsOfTheWorkflows.includes(`${functionName}Arn`),
  );

  expect(entered.length).toBeGreaterThan(1);
  for (const { functionName, isPage, isEvent } of entered)
    expect({ functionName, entered: isPage || isEvent }).toEqual({
      functionName,
      entered: true,
    });
  expect(functionTable.filter(({ isPage, isEvent }) => isPage || isEvent)).toEqual(entered);
});

test('the runtime can read what every function is told', () => {
  expect(Object.keys(functions)).toHaveLength(namesOfTheChecklist.length);
  for (const properties of Object.values(functions)) {
    const settings = readSettings(deployed(environmentOf(properties)));

    expect(settings).toMatchObject({
      approvers: { review: ['ada@example.com', 'grace@example.com'] },
      approvalTimeoutSeconds: 72 * 3600,
      monitorSeconds: 24 * 3600,
      sampleIntervalSeconds: 300,
      expected: { projectId: 'quiet-river-12345678', branchId: 'br-cold-sun-a1b2c3d4', database: 'app' },
    });
  }
});

test('no variable holds a secret: only names of secrets', () => {
  const names = new Set(Object.values(functions).flatMap((properties) => Object.keys(environmentOf(properties))));

  expect([...names].filter((name) => /KEY|SECRET|TOKEN|PASSWORD|URL/.test(name)).sort()).toEqual([
    'CHAT_WEBHOOK_SECRETS',
    'CODE_HOST_TOKEN_SECRET',
    'CODE_HOST_URL',
    'DOCUMENTS_TOKEN_SECRET',
    'LINK_KEY_SECRET',
    'NEON_API_KEY_SECRET',
    'NEON_API_URL',
    'PAGE_BASE_URL',
    'RUN_URL',
    'SIGNING_KEY_CLOSING',
    'SIGNING_KEY_DECISIONS',
    'SIGNING_KEY_REQUESTS',
    'TOKEN_KEY_SECRET',
  ]);
});

test('a function is gone before its state says that it timed out', () => {
  expect(functions['ApplyMigration']).toMatchObject({ Timeout: 895 });
  expect(functions['Connect']).toMatchObject({ Timeout: 115 });
  expect(functions['RequestApproval']).toMatchObject({ Timeout: 60 });
});

test('a page answers before the HTTP API gives up after 30 seconds', () => {
  for (const name of ['ShowApproval', 'DecideApproval']) expect(functions[name]?.['Timeout']).toBeLessThan(30);
});
