/** The stack's template, synthesized with any folder for code, because bundling has its own test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ChecklistStack } from '#infra/checklist-stack';
import { readConfig } from '#infra/config';
import { stackName } from '#infra/stack-names';

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
};

export type Resources = Readonly<Record<string, Resource>>;

export const root = path.resolve(__dirname, '..', '..');

export const synthesizeTemplate = (): Template => {
  // CDK's own validation takes seconds per process; `npm run synth` has it on.
  process.env['CDK_VALIDATION'] = 'false';
  const outdir = mkdtempSync(path.join(tmpdir(), 'synth-'));
  try {
    const app = new App({
      outdir,
      context: { '@aws-cdk/aws-iam:minimizePolicies': true },
    });
    const codeOf = () => Code.fromAsset(__dirname);
    return Template.fromStack(new ChecklistStack(app, stackName, { config: readConfig(root).config, codeOf }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

export const resourcesOf = (template: Template, type: string): Resources =>
  template.findResources(type) as unknown as Resources;

/** Functions by their name in the checklist. */
export const functionsOf = (template: Template): Readonly<Record<string, Resource['Properties']>> =>
  Object.fromEntries(
    Object.values(resourcesOf(template, 'AWS::Lambda::Function')).map(({ Properties }) => [
      String(Properties['FunctionName']).replace(`${stackName}-`, ''),
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
export const statementsOf = (template: Template): Readonly<Record<string, readonly Statement[]>> =>
  Object.fromEntries(
    Object.entries(resourcesOf(template, 'AWS::IAM::Policy')).map(([id, { Properties }]) => [
      id,
      (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement,
    ]),
  );

/** Statements of one function's role. */
export const statementsFor = (template: Template, functionName: string): readonly Statement[] =>
  Object.entries(statementsOf(template))
    .filter(([id]) => id.startsWith(`${functionName}RoleDefaultPolicy`))
    .flatMap(([, statements]) => statements);
