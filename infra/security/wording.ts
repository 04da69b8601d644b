/** CloudFormation's references as a person reads them, in Markdown. */
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';

const wordings: readonly (readonly [RegExp, string])[] = [
  [/^.+-StoreBucketArn\/(.+)$/, 'store: `$1`'],
  [/^.+-StoreBucketArn$/, 'store'],
  [/^.+-DataKeyArn$/, 'data key'],
  [/^.+-(Requests|Decisions|Closing)SigningKeyArn$/, 'signing key `$1`'],
  [/^<\w+Logs[0-9A-F]{8}\.Arn>$/, 'its own log group'],
  [/^<FailedEvents[0-9A-F]{8}\.Arn>$/, 'queue of failed events'],
  [/^<SampleScheduleRole[0-9A-F]{8}\.Arn>$/, 'role of the schedules'],
  [/^arn:<AWS::Partition>:execute-api:.*ApprovalPagesApiId(.+)$/, 'the approval pages: `$1`'],
  // arn:partition:service:region:account:resource
  [/^arn:<AWS::Partition>:([\w-]+):[^:]*:(?:<AWS::AccountId>|[^:]*):(.+)$/, '$1 `$2`'],
  [/^<(\w+?)[0-9A-F]{8}\.Arn>$/, '`$1`'],
];

const isReference = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).some((key) => /^(Ref|Fn::\w+)$/.test(key));

export const readable = (resource: unknown): string => {
  // cdk-nag turns every closing brace, also that of a route's parameter.
  const flat = flattenCfnReference(resource).replaceAll(/\{(\w+)>/g, '{$1}');
  const found = wordings.find(([pattern]) => pattern.test(flat));
  return found ? flat.replace(...found) : `\`${flat}\``;
};

/** Conditions of a policy as JSON, with references as CloudFormation names them. */
export const readableCondition = (condition: unknown): string =>
  condition === undefined
    ? ''
    : `\`${JSON.stringify(condition, (_, value) => (isReference(value) ? flattenCfnReference(value) : value))}\``;

/** The logical id without what CDK adds to it. */
export const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

export const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
