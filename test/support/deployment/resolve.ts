/** Resolves the intrinsic functions of CloudFormation over all stacks of an assembly, as a deployment of them would. */
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { awsEnvironment } from './aws-environment';
import { arnOf, attributeOf, type Made, referenceOf } from './made-resources';

export type TemplateResource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
};

export type Template = {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
};

export type Stack = { readonly name: string; readonly template: Template };

/** A resource whose properties hold no intrinsic function any more. */
export type Resolved = {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly ref: string;
  readonly arn: string;
};

const pseudo = (name: string, stack: Stack): string | null =>
  ({
    'AWS::Partition': awsEnvironment.partition,
    'AWS::Region': awsEnvironment.region,
    'AWS::AccountId': awsEnvironment.account,
    'AWS::URLSuffix': awsEnvironment.urlSuffix,
    'AWS::StackName': stack.name,
  })[name] ?? null;

type Resolver = (value: unknown) => unknown;

const madeIn = (stack: Stack, id: string, resolve: Resolver): Made => {
  const found = stack.template.Resources[id];
  if (!found) throw new Error(`${stack.name} has no resource ${id}`);
  // Names only: what a resource is called may not depend on what lies further down in it.
  return { stack: stack.name, id, type: found.Type, property: (name) => resolve(found.Properties?.[name]) };
};

const resolverFor = (stack: Stack, stacks: readonly Stack[]): Resolver => {
  const resource = (id: string) => madeIn(stack, id, resolve);
  const text = (value: unknown) => String(resolve(value));

  const ref = (name: string) => pseudo(name, stack) ?? referenceOf(resource(name));

  const substitute = (template: string, values: Readonly<Record<string, unknown>>) =>
    template.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in values) return text(values[name]);
      const [id = '', attribute] = name.split('.', 2);
      return attribute === undefined ? ref(id) : attributeOf(resource(id), attribute);
    });

  const importValue = (name: string): unknown => {
    for (const other of stacks)
      for (const { Value, Export } of Object.values(other.template.Outputs ?? {}))
        if (Export && String(resolverFor(other, stacks)(Export.Name)) === name)
          return resolverFor(other, stacks)(Value);
    throw new Error(`${stack.name} imports ${name}, which no stack exports`);
  };

  const functions: Readonly<Record<string, (operand: never) => unknown>> = {
    Ref: (name: string) => ref(name),
    'Fn::GetAtt': ([id, attribute]: readonly [string, string]) => attributeOf(resource(id), attribute),
    'Fn::Join': ([separator, parts]: readonly [string, unknown]) =>
      (resolve(parts) as readonly unknown[]).map(String).join(separator),
    'Fn::Sub': (operand: string | readonly [string, Readonly<Record<string, unknown>>]) =>
      typeof operand === 'string' ? substitute(operand, {}) : substitute(...operand),
    'Fn::Select': ([index, list]: readonly [number, unknown]) => (resolve(list) as readonly unknown[])[Number(index)],
    'Fn::Split': ([separator, value]: readonly [string, unknown]) => text(value).split(separator),
    'Fn::ImportValue': (name: unknown) => importValue(text(name)),
  };

  const resolve: Resolver = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = '', operand] = entries[0] ?? [];
    const apply = entries.length === 1 ? functions[name] : undefined;
    if (apply) return apply(operand as never);
    if (name.startsWith('Fn::'))
      throw new Error(`${name} is not known; teach it in test/support/deployment/resolve.ts`);
    return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve;
};

export const stacksOf = (assembly: CloudAssembly): readonly Stack[] =>
  assembly.stacks.map(({ stackName, template }) => ({ name: stackName, template: template as Template }));

/** Every resource of every stack. */
export const resolveResources = (stacks: readonly Stack[]): readonly Resolved[] =>
  stacks.flatMap((stack) => {
    const resolve = resolverFor(stack, stacks);
    return Object.entries(stack.template.Resources).map(([id, { Type, Properties }]) => ({
      stack: stack.name,
      id,
      type: Type,
      properties: (resolve(Properties ?? {}) ?? {}) as Resolved['properties'],
      ref: referenceOf(madeIn(stack, id, resolve)),
      arn: arnOf(madeIn(stack, id, resolve)),
    }));
  });
