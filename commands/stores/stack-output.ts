/** Reads a deployment's CloudFormation outputs. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { describeFailure } from '#adapters/aws/aws-failure';
import { InvalidInput, PlatformFailed } from '#domain/errors';

/** Errors: InvalidInput when the stack is not deployed, PlatformFailed for everything else. */
export const readStackOutput = async (
  client: CloudFormationClient,
  stackName: string,
  outputName: string,
): Promise<string> => {
  const answer = await client.send(new DescribeStacksCommand({ StackName: stackName })).catch((cause) => {
    // CloudFormation has no error of its own for a stack that is not there.
    if (/does not exist/.test((cause as Error).message))
      throw new InvalidInput(
        `there is no stack "${stackName}" in this account and region; deploy first with: npm run deploy`,
        { cause },
      );
    throw new PlatformFailed(`the stack "${stackName}" cannot be read: ${describeFailure(cause)}`, { cause });
  });
  const found = answer.Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === outputName)?.OutputValue;
  if (found) return found;
  throw new PlatformFailed(`the stack "${stackName}" has no output "${outputName}"; deploy again with: npm run deploy`);
};
