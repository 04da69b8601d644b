import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { createStepFunctionsCallback } from '#adapters/aws/step-functions-callback';
import { serviceError } from './s3-in-memory';

const taskToken = 'AQCEAAAAKgAAAAMAAAAA-secret-token';

const openCallback = () => {
  const client = new SFNClient({ region: 'eu-central-1' });
  return { mock: mockClient(client), callback: createStepFunctionsCallback(client) };
};

test('an answer goes to Step Functions as JSON, nothing as null', async () => {
  const { mock, callback } = openCallback();
  mock.on(SendTaskSuccessCommand).resolves({});

  await callback.succeed(taskToken, { decision: 'approved' });
  await callback.succeed(taskToken, undefined);

  expect(mock.commandCalls(SendTaskSuccessCommand).map((call) => call.args[0].input)).toEqual([
    { taskToken, output: '{"decision":"approved"}' },
    { taskToken, output: 'null' },
  ]);
});

test('a failure keeps its name and is cut to what Step Functions takes', async () => {
  const { mock, callback } = openCallback();
  mock.on(SendTaskFailureCommand).resolves({});

  await callback.fail(taskToken, { name: 'ApprovalInvalid', cause: 'x'.repeat(40_000) });

  expect(mock.commandCalls(SendTaskFailureCommand)[0]?.args[0].input).toEqual({
    taskToken,
    error: 'ApprovalInvalid',
    cause: 'x'.repeat(32_768),
  });
});

test.each(['TaskDoesNotExist', 'TaskTimedOut', 'InvalidToken'])('%s means that nobody waits any more', async (name) => {
  const { mock, callback } = openCallback();
  mock.onAnyCommand().rejects(serviceError(name, 400, `Invalid token ${taskToken}`));

  for (const answer of [callback.succeed(taskToken, {}), callback.fail(taskToken, { name: 'x', cause: 'y' })]) {
    const error = await answer.catch((reason) => reason);

    expect(error).toMatchObject({ name: 'TaskNoLongerWaiting', message: expect.stringContaining(`(${name})`) });
    expect(JSON.stringify([error.message, error.stack, error.cause ?? null])).not.toContain(taskToken);
  }
});

test('another failure may be tried again, and does not show the token', async () => {
  const { mock, callback } = openCallback();
  mock.onAnyCommand().rejects(serviceError('ThrottlingException', 400, `Rate exceeded for ${taskToken}`));

  const error = await callback.succeed(taskToken, {}).catch((reason) => reason);

  expect(error).toMatchObject({ name: 'PlatformFailed', retry: 'later' });
  expect(error.message).toMatch(
    /ThrottlingException \(400\).*Rate exceeded for \(task token\); the service asked to slow down/,
  );
  expect(JSON.stringify([error.stack, error.cause ?? null])).not.toContain(taskToken);
});
