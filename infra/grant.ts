/** A permission with its reason: it goes into the role's policy, and beside the role for docs/security.md and for auditors. */
import { type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';

export type Grant = {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** What it is for; where the resource has a wildcard, also why it cannot be narrower. */
  readonly reason: string;
};

/** The key of the role's metadata under which the template gives the reasons. */
export const reasonsKey = 'Reasons';

const toStatement = ({ actions, resources, conditions }: Grant) =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });

/** Gives the role these permissions and no others. The grant's own reason acknowledges a wildcard in a resource. */
export const grantTo = (role: Role, grants: readonly Grant[]): void => {
  for (const grant of grants) {
    role.addToPolicy(toStatement(grant));
    const resources = grant.resources.map((resource) => flattenCfnReference(Stack.of(role).resolve(resource)));
    for (const resource of resources.filter((one) => one.includes('*')))
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason: grant.reason });
  }
  const reasons = grants.map(({ actions, resources, reason }) => ({ actions, resources, reason }));
  (role.node.defaultChild as CfnResource).addMetadata(reasonsKey, reasons);
};
