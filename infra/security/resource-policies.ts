/** Whom the resources' own policies allow or deny, as tables. */
import { listOf, ofType, type TemplateResources } from './template-resource';
import { code, readable, readableCondition, table, withoutHash } from './wording';

type Statement = {
  readonly Effect: string;
  readonly Principal: string | Readonly<Record<string, unknown>>;
  readonly Action: string | readonly string[];
  readonly Condition?: unknown;
};

const policyTypes = ['AWS::KMS::Key', 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'];

const who = (principal: Statement['Principal']) =>
  principal === '*' || (principal as { readonly AWS?: unknown }).AWS === '*'
    ? 'everyone'
    : Object.values(principal).map(readable).join(', ');

const policyRows = (resources: TemplateResources) =>
  ofType(resources, ...policyTypes).flatMap(([id, { Properties }]) => {
    const document = (Properties['PolicyDocument'] ?? Properties['KeyPolicy']) as { Statement: readonly Statement[] };
    return document.Statement.map((one) => [
      withoutHash(id).replace(/Policy$/, ''),
      one.Effect === 'Deny' ? '**denied**' : 'allowed',
      ...[who(one.Principal), code(listOf(one.Action)), readableCondition(one.Condition)],
    ]);
  });

const callerRows = (resources: TemplateResources) =>
  ofType(resources, 'AWS::Lambda::Permission').map(([, { Properties }]) => [
    readable(Properties['FunctionName']),
    String(Properties['Principal']),
    readable(Properties['SourceArn']),
  ]);

export const policySections = (resources: TemplateResources): readonly string[] => [
  `## Who may call a function\n\n${table(['function', 'caller', 'on behalf of'], callerRows(resources))}`,
  `## Policies of resources\n\n${table(['resource', '', 'who', 'actions', 'on condition'], policyRows(resources))}`,
];
