/**
 * What a function may do is what its code can ask for, read from the code: the ports' methods that its handler reaches, the SDK's
 * commands that their adapters send, the actions that IAM checks for those. Nothing is listed by function here.
 */
import { type FunctionRow, functionTable } from '#infra/function-table';
import { callsOfFactory, commandsOf, usesOfHandler } from '#test/support/calls/adapter-calls';
import {
  actionsOf,
  actionsOfEveryFunction,
  actionsOfFailedEvents,
  actionsOfTracing,
} from '#test/support/calls/iam-actions';
import { portMethods } from '#test/support/calls/port-methods';
import { functions, actionsOf as grantedBy, resourcesOf, statementsFor } from './template';

const hasKey = JSON.stringify(resourcesOf('AWS::S3::Bucket')).includes('KMSMasterKeyID');

const isTraced = (functionName: string) =>
  (functions[functionName]?.['TracingConfig'] as { readonly Mode?: string } | undefined)?.Mode === 'Active';

const keepsFailedEvents = (functionName: string) =>
  Object.values(resourcesOf('AWS::Lambda::EventInvokeConfig')).some(
    ({ Properties }) =>
      JSON.stringify(Properties['FunctionName']).includes(`"${functionName}`) && 'DestinationConfig' in Properties,
  );

const neededBy = ({ functionName, file }: FunctionRow) =>
  [
    ...actionsOf(commandsOf(usesOfHandler(file)), { hasKey }),
    ...actionsOfEveryFunction,
    ...(isTraced(functionName) ? actionsOfTracing : []),
    ...(keepsFailedEvents(functionName) ? actionsOfFailedEvents : []),
  ].sort();

const grantedTo = (functionName: string) => [...new Set(statementsFor(functionName).flatMap(grantedBy))].sort();

test.each(functionTable.map((row) => [row.functionName, row] as const))(
  '%s may do what its code can ask for, and nothing else',
  (name, row) => {
    expect(grantedTo(name)).toEqual(neededBy(row));
  },
);

test('every port and every handler was read', () => {
  expect([...portMethods.keys()]).toEqual(
    expect.arrayContaining(['store', 'platform', 'callback', 'schedule', 'mail']),
  );
  for (const [port, methods] of portMethods) for (const method of methods) commandsOf([`${port}.${method}`]);
  for (const { file } of functionTable) expect(usesOfHandler(file).size).toBeGreaterThan(1);
});

test('a method is charged with its own commands, what it calls and what it was handed, and not with those of its neighbours', () => {
  const adapter = `
    import { GetSecretValueCommand, PutSecretValueCommand, RotateSecretCommand, TagResourceCommand } from '@aws-sdk/client-secrets-manager';
    const change = (client, ports) => ports.store.write('a', 'b').then(() => client.send(new PutSecretValueCommand({})));
    const createPort = (client, key, ports) => {
      const rotate = () => client.send(new RotateSecretCommand({}));
      return { read: () => key(), write: async () => { await change(client, ports); await rotate(); } };
    };
    export const unused = () => new TagResourceCommand({});
    export const makePort = (client, ports) => createPort(client, () => client.send(new GetSecretValueCommand({})), ports);`;

  const calls = callsOfFactory(adapter, 'lambdas', 'makePort', ['read', 'write']);

  expect([...(calls.get('read')?.commands ?? [])]).toEqual(['GetSecretValueCommand']);
  expect([...(calls.get('write')?.commands ?? [])].sort()).toEqual([
    ...['GetSecretValueCommand', 'PutSecretValueCommand', 'RotateSecretCommand'],
  ]);
  expect([...(calls.get('write')?.ports ?? [])]).toEqual(['store.write']);
});

test('a command that nobody has looked up is refused, so that no call goes without its action', () => {
  expect(() => actionsOf(['TagResourceCommand'], { hasKey: false })).toThrow('TagResourceCommand has no row');
});
