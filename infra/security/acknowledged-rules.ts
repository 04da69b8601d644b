/** The rules of CDK and cdk-nag that were acknowledged, as a table. */
import type { TemplateResources } from './template-resource';
import { table } from './wording';

type Suppressions = { readonly rules_to_suppress: readonly { readonly id: string; readonly reason: string }[] };

/** CDK copies an acknowledgement to every resource below the one that it was made for. */
const rulesOf = (resources: TemplateResources) =>
  new Map(
    Object.values(resources)
      .flatMap(({ Metadata }) => (Metadata?.['cdk_nag'] as Suppressions | undefined)?.rules_to_suppress ?? [])
      .filter(({ id }) => !id.startsWith('AwsSolutions-IAM5'))
      .map(({ id, reason }) => [`${id} ${reason}`, [`\`${id}\``, reason]] as const),
  );

export const acknowledgedSection = (resources: TemplateResources): string =>
  [
    '## Rules that were acknowledged',
    "Of CDK's own rules and cdk-nag's AwsSolutions; wildcards in a resource (`AwsSolutions-IAM5`) with the reasons above.",
    table(['rule', 'why'], [...rulesOf(resources).values()]),
  ].join('\n\n');
