/** What was synthesized before the tests began (test/support/synthesize.ts), and what the tests ask of it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readExampleConfig } from '#infra/config';
import { type StackKind, stackKinds } from '#infra/stack-names';
import { projectRoot } from '#test/support/project-root';
import { outputVariable } from '#test/support/synthesize';

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
};

export type Resources = Readonly<Record<string, Resource>>;

/** The configuration that was synthesized. */
export const config = readExampleConfig(projectRoot);

export const synthesizedDirectory = (): string => {
  const directory = process.env[outputVariable];
  if (!directory) throw new Error('nothing was synthesized; run the tests as the project `infra`');
  return directory;
};

const readResources = (kind: StackKind): Resources => {
  const file = path.join(synthesizedDirectory(), `${kind}.template.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { Resources: Resources }).Resources;
};

export const resourcesByStack = Object.fromEntries(stackKinds.map((kind) => [kind, readResources(kind)])) as Readonly<
  Record<StackKind, Resources>
>;

/** Of one type in all stacks, by logical id. */
export const resourcesOf = (type: string): Resources =>
  Object.fromEntries(
    Object.values(resourcesByStack).flatMap((resources) =>
      Object.entries(resources).filter(([, { Type }]) => Type === type),
    ),
  );

/** The state machine of a workflow file, by its name in an installation of the default name. */
export const stateMachineNamed = (name: string): Resource => {
  const found = Object.values(resourcesOf('AWS::StepFunctions::StateMachine')).find(
    ({ Properties }) => Properties['StateMachineName'] === name,
  );
  if (!found) throw new Error(`the templates have no state machine ${name}`);
  return found;
};

/** Both, each with the workflow file that it runs. */
export const stateMachines = [
  { workflow: 'migration-checklist', name: 'MigrationChecklist' },
  { workflow: 'migration-rollback', name: 'MigrationChecklist-rollback' },
] as const;

/** Fails unless there is exactly one. */
export const onlyOne = (type: string): Resource => {
  const found = Object.values(resourcesOf(type));
  if (found.length !== 1) throw new Error(`${found.length} resources of the type ${type}, expected one`);
  return found[0] as Resource;
};

/** The key that the installation's data is encrypted with; the others sign. */
export const dataKey = (): Resource => {
  const found = Object.entries(resourcesOf('AWS::KMS::Key')).find(([id]) => id.startsWith('DataKey'));
  if (!found) throw new Error('the templates have no data key');
  return found[1];
};

/** Functions by their name in the checklist. */
export const functions: Readonly<Record<string, Resource['Properties']>> = Object.fromEntries(
  Object.values(resourcesOf('AWS::Lambda::Function')).map(({ Properties }) => [
    String(Properties['FunctionName']).replace(`${config['installation.name']}-`, ''),
    Properties,
  ]),
);

export const environmentOf = (properties: Resource['Properties']): Readonly<Record<string, unknown>> =>
  (properties['Environment'] as { Variables: Record<string, unknown> }).Variables;

export type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
};

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

export const actionsOf = ({ Action }: Statement): readonly string[] => listOf(Action);

/** Of every policy of a role, by the policy's logical id. */
export const statements: Readonly<Record<string, readonly Statement[]>> = Object.fromEntries(
  Object.entries(resourcesOf('AWS::IAM::Policy')).map(([id, { Properties }]) => [
    id,
    (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement,
  ]),
);

/** Statements of one function's role. */
export const statementsFor = (functionName: string): readonly Statement[] =>
  Object.entries(statements)
    .filter(([id]) => id.startsWith(`${functionName}RoleDefaultPolicy`))
    .flatMap(([, all]) => all);
