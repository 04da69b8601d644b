/** Reads whether AWS accepts the credentials, and whether the account is bootstrapped for CDK. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { describeFailure, isNamed } from '#adapters/aws/aws-failure';
import { type Check, NoAccess } from './check';

/** The default stack of `cdk bootstrap`. */
const toolkitStack = 'CDKToolkit';

/** The version that bundles and templates of today's CDK need (CDK's documentation, "Bootstrap template versions"). */
const leastVersion = 6;

const notSignedIn = [
  ...['CredentialsProviderError', 'ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId'],
  ...['UnrecognizedClientException', 'SignatureDoesNotMatch', 'AuthFailure', 'TokenProviderError'],
];

const findToolkit = async (client: CloudFormationClient, region: string) => {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: toolkitStack }))).Stacks?.[0] ?? null;
  } catch (error) {
    if (isNamed(error, ...notSignedIn))
      throw new NoAccess(
        `AWS does not know who you are (${describeFailure(error)}). Sign in, for example with: aws sso login; then set AWS_PROFILE, and try: aws sts get-caller-identity --region ${region}`,
      );
    // CloudFormation has no error of its own for a stack that is not there.
    if (/does not exist/.test((error as Error).message)) return null;
    throw error;
  }
};

export const accountCheck = (client: CloudFormationClient, region: string): Check => ({
  title: `the AWS account in ${region}`,
  look: async () => {
    const toolkit = await findToolkit(client, region);
    if (!toolkit)
      return [`the account is not bootstrapped in ${region}; run once: npx cdk bootstrap aws://<account>/${region}`];
    const version = Number(toolkit.Outputs?.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue);
    return version >= leastVersion
      ? []
      : [
          `the account's bootstrap in ${region} has version ${version || 'unknown'}, expected ${leastVersion} or newer; run again: npx cdk bootstrap aws://<account>/${region}`,
        ];
  },
});
