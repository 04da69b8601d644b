import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { readStackOutput } from '#commands/stores/stack-output';

const openClient = () => {
  const client = new CloudFormationClient({ region: 'eu-central-1' });
  return { client, mock: mockClient(client) };
};

const stack = (outputs: Readonly<Record<string, string>>) => ({
  StackName: 'S',
  CreationTime: new Date(0),
  StackStatus: 'CREATE_COMPLETE' as const,
  Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
});

const serviceError = (name: string, message: string) => Object.assign(new Error(message), { name });

test('an output of the stack is read', async () => {
  const { client, mock } = openClient();
  mock
    .on(DescribeStacksCommand, { StackName: 'S' })
    .resolves({ Stacks: [stack({ Other: 'x', BucketName: 'evidence' })] });

  expect(await readStackOutput(client, 'S', 'BucketName')).toBe('evidence');
});

test.each([
  [
    'a stack that is not there',
    serviceError('ValidationError', 'Stack with id S does not exist'),
    'InvalidInput',
    /deploy first with: npm run deploy/,
  ],
  ['access denied', serviceError('AccessDenied', 'no'), 'PlatformFailed', /cannot be read: AccessDenied/],
])('%s is reported with the remedy', async (_, failure, name, words) => {
  const { client, mock } = openClient();
  mock.on(DescribeStacksCommand).rejects(failure);

  await expect(readStackOutput(client, 'S', 'BucketName')).rejects.toMatchObject({
    name,
    message: expect.stringMatching(words),
  });
});

test('a stack of an older version, without the output, asks for another deployment', async () => {
  const { client, mock } = openClient();
  mock.on(DescribeStacksCommand).resolves({ Stacks: [stack({})] });

  await expect(readStackOutput(client, 'S', 'BucketName')).rejects.toThrow('has no output "BucketName"; deploy again');
});
