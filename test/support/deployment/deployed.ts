/** What a synthesized assembly would deploy, read out of its templates: functions, policies, workflow, rules, routes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { PolicyStatement } from '../aws-double/policy';
import { type Resolved, resolveResources, stacksOf } from './resolve';

export type DeployedFunction = {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  /** The bundle's folder. */
  readonly code: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly statements: readonly PolicyStatement[];
};

export type DeployedRule = {
  readonly arn: string;
  readonly pattern: unknown;
  readonly targets: readonly RuleTarget[];
};

export type DeployedAlarm = {
  readonly name: string;
  readonly arn: string;
  readonly kind: 'MetricAlarm' | 'CompositeAlarm';
};

export type RuleTarget = {
  readonly Arn: string;
  readonly InputTransformer?: {
    readonly InputPathsMap: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
};

export type Route = {
  readonly method: string;
  /** As the template writes it, for `execute-api` ARNs. */
  readonly template: string;
  readonly path: RegExp;
  readonly functionArn: string;
  /** True where API Gateway takes requests only that IAM lets through. */
  readonly isSigned: boolean;
};

export type DeployedMachine = {
  readonly name: string;
  readonly arn: string;
  readonly definition: string;
  readonly substitutions: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
};

export type Deployed = {
  readonly resources: readonly Resolved[];
  readonly functions: readonly DeployedFunction[];
  readonly rules: readonly DeployedRule[];
  readonly routes: readonly Route[];
  readonly stateMachine: DeployedMachine;
  readonly rollbackMachine: DeployedMachine;
  readonly bucket: { readonly name: string; readonly keyArn: string | null };
  readonly scheduleGroups: readonly string[];
  readonly alarms: readonly DeployedAlarm[];
  /** Of the role with this ARN. */
  statementsOf(roleArn: string): readonly PolicyStatement[];
  /** True when the service may call the function on behalf of the source. */
  mayCall(service: string, functionArn: string, sourceArn: string): boolean;
};

const roleNameOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

const wild = (pattern: string) =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

const only = <T>(found: readonly T[], what: string): T => {
  const [one, ...more] = found;
  if (one === undefined || more.length > 0) throw new Error(`expected one ${what}, found ${found.length}`);
  return one;
};

type Statements = { readonly Statement: readonly PolicyStatement[] };

const statementsByRole = (resources: readonly Resolved[]) => {
  const found = new Map<string, PolicyStatement[]>();
  const add = (roleName: string, statements: readonly PolicyStatement[]) =>
    found.set(roleName, [...(found.get(roleName) ?? []), ...statements]);
  for (const { type, properties, ref } of resources) {
    if (type === 'AWS::IAM::Policy')
      for (const role of properties['Roles'] as readonly string[])
        add(role, (properties['PolicyDocument'] as Statements).Statement);
    if (type === 'AWS::IAM::Role')
      for (const { PolicyDocument } of (properties['Policies'] ?? []) as readonly { PolicyDocument: Statements }[])
        add(ref, PolicyDocument.Statement);
  }
  return found;
};

type AssetManifest = {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
};

/** The folder that a deployment would pack and upload under the key that the template names. */
const assetOf = ({ directory, stacks }: CloudAssembly, { stack, id, properties }: Resolved): string => {
  const artifact = stacks.find(({ stackName }) => stackName === stack)?.id;
  const { files } = JSON.parse(readFileSync(path.join(directory, `${artifact}.assets.json`), 'utf8')) as AssetManifest;
  const key = (properties['Code'] as { readonly S3Key?: string }).S3Key;
  const found = Object.values(files).find(({ destinations }) =>
    Object.values(destinations).some(({ objectKey }) => objectKey === key),
  );
  if (!found) throw new Error(`nothing is uploaded as ${key}, the code of ${id}`);
  return path.join(directory, found.source.path);
};

export const readDeployed = (assembly: CloudAssembly): Deployed => {
  const resources = resolveResources(stacksOf(assembly));
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const statements = statementsByRole(resources);
  const statementsOf = (roleArn: string) => statements.get(roleNameOf(roleArn)) ?? [];
  const functions = of('AWS::Lambda::Function').map((resource): DeployedFunction => {
    const { properties } = resource;
    const role = String(properties['Role']);
    const name = String(properties['FunctionName']);
    return {
      name,
      arn: resource.arn,
      handler: String(properties['Handler']),
      code: assetOf(assembly, resource),
      environment: (properties['Environment'] as { Variables: Record<string, string> } | undefined)?.Variables ?? {},
      memoryMb: Number(properties['MemorySize']),
      statements: statementsOf(role),
    };
  });
  const permissions = of('AWS::Lambda::Permission').map(({ properties }) => ({
    service: String(properties['Principal']),
    function: String(properties['FunctionName']),
    source: properties['SourceArn'] === undefined ? null : wild(String(properties['SourceArn'])),
  }));
  const integrations = new Map(of('AWS::ApiGatewayV2::Integration').map(({ ref, properties }) => [ref, properties]));
  const machines = of('AWS::StepFunctions::StateMachine').map(
    ({ ref, properties }): DeployedMachine => ({
      name: String(properties['StateMachineName']),
      arn: ref,
      definition: String(properties['DefinitionString']),
      substitutions: properties['DefinitionSubstitutions'] as Readonly<Record<string, string>>,
      statements: statementsOf(String(properties['RoleArn'])),
    }),
  );
  const isOfRollbacks = ({ name }: DeployedMachine) => name.endsWith('-rollback');
  const bucket = only(
    of('AWS::S3::Bucket').filter(({ ref }) => functions.some(({ environment }) => environment['STORE_BUCKET'] === ref)),
    'bucket of the store',
  );
  return {
    resources,
    functions,
    statementsOf,
    rules: of('AWS::Events::Rule').map(({ properties, arn }) => ({
      arn,
      pattern: properties['EventPattern'],
      targets: properties['Targets'] as readonly RuleTarget[],
    })),
    routes: of('AWS::ApiGatewayV2::Route').map(({ properties }): Route => {
      const [method = '', route = ''] = String(properties['RouteKey']).split(' ');
      const integration = integrations.get(String(properties['Target']).replace('integrations/', ''));
      const uri = String(integration?.['IntegrationUri']);
      const functionArn = functions.find(({ arn }) => uri.includes(arn))?.arn ?? uri;
      const isSigned = properties['AuthorizationType'] === 'AWS_IAM';
      const path = new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return { method, template: route, path, functionArn, isSigned };
    }),
    stateMachine: only(
      machines.filter((one) => !isOfRollbacks(one)),
      'state machine of the checklist',
    ),
    rollbackMachine: only(machines.filter(isOfRollbacks), 'state machine of rollbacks'),
    bucket: { name: bucket.ref, keyArn: keyOf(bucket) },
    scheduleGroups: of('AWS::Scheduler::ScheduleGroup').map(({ ref }) => ref),
    alarms: [
      ...of('AWS::CloudWatch::Alarm').map(({ ref, arn }) => ({ name: ref, arn, kind: 'MetricAlarm' as const })),
      ...of('AWS::CloudWatch::CompositeAlarm').map(({ ref, arn }) => ({
        name: ref,
        arn,
        kind: 'CompositeAlarm' as const,
      })),
    ],
    mayCall: (service, functionArn, sourceArn) =>
      permissions.some(
        (one) =>
          one.service === service &&
          [functionArn, functionArn.slice(functionArn.lastIndexOf(':') + 1)].includes(one.function) &&
          (one.source === null || one.source.test(sourceArn)),
      ),
  };
};

type Encryption = {
  readonly ServerSideEncryptionConfiguration: readonly {
    readonly ServerSideEncryptionByDefault: { readonly KMSMasterKeyID?: string };
  }[];
};

/** Null where S3 encrypts with keys of its own. */
const keyOf = ({ properties }: Resolved): string | null =>
  (properties['BucketEncryption'] as Encryption | undefined)?.ServerSideEncryptionConfiguration[0]
    ?.ServerSideEncryptionByDefault.KMSMasterKeyID ?? null;
