import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Engine } from '#local/engine/engine';
import { createStepFunctionsApi, isStepFunctionsRequest } from '#local/engine/wire';
import { ask, eventOf, handlers, invoke, withEngine } from './support';

const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:Test';

type Served = { readonly client: SFNClient; readonly engine: Engine; readonly port: number };

const secretKey = 'the-secret-of-this-start';

const withServer = <T>(
  states: Record<string, unknown>,
  work: (served: Served) => Promise<T>,
  functions = {},
  key: string | null = secretKey,
) =>
  withEngine({ states, invoke: handlers(functions) }, async (engine) => {
    const answer = createStepFunctionsApi(engine, key);
    const server = createServer((incoming, response) => {
      if (isStepFunctionsRequest(incoming)) void answer(incoming, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new SFNClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: secretKey },
      maxAttempts: 1,
    });
    try {
      return await work({ client, engine, port });
    } finally {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

const pass = { A: { Type: 'Pass', Assign: { v: 1 }, Output: { b: 2 }, End: true } };

test('an execution is started, described, listed and read through the SDK', async () => {
  await withServer(pass, async ({ client, engine }) => {
    const started = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{"a":1}' }));
    const executionArn = started.executionArn ?? '';
    await engine.waitFor(executionArn);

    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({
      executionArn,
      stateMachineArn,
      name: 'one',
      status: 'SUCCEEDED',
      input: '{"a":1}',
      output: '{"b":2}',
      startDate: started.startDate,
      stopDate: expect.any(Date),
      redriveCount: 0,
    });
    const listed = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }));
    expect(listed.executions).toMatchObject([{ executionArn, name: 'one', status: 'SUCCEEDED' }]);
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'PassStateEntered'],
      [3, 2, 'PassStateExited'],
      [4, 3, 'ExecutionSucceeded'],
    ]);
    expect(events?.[0]?.timestamp).toBeInstanceOf(Date);
    expect(events?.[0]?.executionStartedEventDetails).toMatchObject({ input: '{"a":1}' });
    expect(events?.[1]?.stateEnteredEventDetails).toMatchObject({ name: 'A', input: '{"a":1}' });
    expect(events?.[2]?.stateExitedEventDetails).toMatchObject({ output: '{"b":2}', assignedVariables: { v: '1' } });
  });
});

test('the history pages, turns round, and leaves data out on request', async () => {
  await withServer(pass, async ({ client, engine }) => {
    const { executionArn } = await engine.startExecution({ input: {} });
    await engine.waitFor(executionArn);

    const ids: (number | undefined)[] = [];
    const pages = paginateGetExecutionHistory({ client, pageSize: 3 }, { executionArn, reverseOrder: true });
    for await (const { events } of pages) ids.push(...(events ?? []).map(({ id }) => id));
    const bare = await client.send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }));

    expect(ids).toEqual([4, 3, 2, 1]);
    expect(bare.events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'A' });
  });
});

test('a task is scheduled and ended with the details that AWS gives', async () => {
  const states = { A: invoke('f', { TimeoutSeconds: 60, End: true }, { x: 1 }) };

  await withServer(
    states,
    async ({ client, engine }) => {
      const { executionArn } = await engine.startExecution({ input: {} });
      await engine.waitFor(executionArn);
      const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));

      expect(events.find(({ type }) => type === 'TaskScheduled')?.taskScheduledEventDetails).toEqual({
        parameters: '{"FunctionName":"arn:aws:lambda:us-east-1:000000000000:function:f","Payload":{"x":1}}',
        region: 'us-east-1',
        resource: 'invoke',
        resourceType: 'lambda',
        timeoutInSeconds: 60,
      });
      expect(events.find(({ type }) => type === 'TaskSucceeded')?.taskSucceededEventDetails).toEqual({
        output: '{"ExecutedVersion":"$LATEST","Payload":"out","StatusCode":200}',
        outputDetails: { truncated: false },
        resource: 'invoke',
        resourceType: 'lambda',
      });
    },
    { f: () => 'out' },
  );
});

test('a task waits for a heartbeat and an answer, and its token is in no answer of the API', async () => {
  let token = '';
  const notify = (payload: { token: string }) => {
    token = payload.token;
  };

  await withServer(
    { A: ask('notify', { HeartbeatSeconds: 60, End: true }) },
    async ({ client, engine }) => {
      const isAsked = eventOf(engine, 'WaitingForToken');
      const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
      await isAsked;
      await client.send(new SendTaskHeartbeatCommand({ taskToken: token }));
      await client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{"ok":true}' }));

      expect((await engine.waitFor(executionArn ?? '')).output).toEqual({ ok: true });
      const history = await client.send(new GetExecutionHistoryCommand({ executionArn }));
      expect(JSON.stringify(history.events)).toContain('(task token)');
      expect(JSON.stringify(history.events)).not.toContain(token);
      await expect(client.send(new SendTaskFailureCommand({ taskToken: token, error: 'Late' }))).rejects.toMatchObject({
        name: 'TaskTimedOut',
      });
    },
    { notify },
  );
});

test('an execution is stopped through the SDK', async () => {
  await withServer({ A: { Type: 'Wait', Seconds: 1_000, End: true } }, async ({ client, engine }) => {
    const { executionArn } = await engine.startExecution({ input: {} });

    const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'C' }));
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));

    expect(described).toMatchObject({ status: 'ABORTED', error: 'E', cause: 'C', stopDate });
  });
});

test('the state machine is listed and described', async () => {
  await withServer(pass, async ({ client }) => {
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));

    expect(stateMachines).toMatchObject([{ stateMachineArn, name: 'Test', type: 'STANDARD' }]);
    expect(JSON.parse(described.definition ?? '').States).toEqual(pass);
  });
});

test('executions are listed page by page', async () => {
  await withServer(pass, async ({ client, engine }) => {
    for (const name of ['a', 'b', 'c'])
      await engine.waitFor((await engine.startExecution({ name, input: {} })).executionArn);

    const first = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2 }));
    const { nextToken } = first;
    const second = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken }));

    const names = [first, second].map(({ executions = [] }) => executions.map(({ name }) => name));
    expect(names.map(({ length }) => length)).toEqual([2, 1]);
    expect(names.flat().sort()).toEqual(['a', 'b', 'c']);
    expect(second.nextToken).toBeUndefined();
  });
});

const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:Test:nobody';

test.each([
  ['ExecutionDoesNotExist', new DescribeExecutionCommand({ executionArn })],
  ['InvalidArn', new DescribeExecutionCommand({ executionArn: 'rubbish' })],
  ['StateMachineDoesNotExist', new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}2` })],
  ['InvalidArn', new StartExecutionCommand({ stateMachineArn: 'rubbish' })],
  ['InvalidExecutionInput', new StartExecutionCommand({ stateMachineArn, input: '{oh' })],
  ['InvalidName', new StartExecutionCommand({ stateMachineArn, name: 'a b' })],
  ['InvalidToken', new SendTaskHeartbeatCommand({ taskToken: 'rubbish' })],
  ['InvalidOutput', new SendTaskSuccessCommand({ taskToken: 'x', output: '{oh' })],
  ['ValidationException', new ListExecutionsCommand({ stateMachineArn, maxResults: 5_000 })],
  ['ValidationException', new ListExecutionsCommand({ stateMachineArn, statusFilter: 'ASLEEP' as never })],
  ['InvalidToken', new ListExecutionsCommand({ stateMachineArn, nextToken: 'rubbish' })],
])('%s is the name that the SDK gives the error', async (name, command) => {
  await withServer(pass, async ({ client }) => {
    await expect(client.send(command as never)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

const post = (port: number, headers: Record<string, string>, body = '{}') =>
  new Promise<{ readonly status: number | undefined; readonly body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/', headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject);
    sent.end(body);
  });

const list = { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };

test('only loopback names are answered, so no web page can reach the engine under a name of its own', async () => {
  await withServer(
    pass,
    async ({ port }) => {
      const status = async (host: string) => (await post(port, { ...list, host })).status;

      expect(await status('evil.example')).toBe(403);
      expect(await status('localhost.evil.example:80')).toBe(403);
      expect(await status(`localhost:${port}`)).toBe(200);
      expect(await status('[::1]:80')).toBe(200);
    },
    {},
    null,
  );
});

test.each([
  [
    'an operation that is not there',
    { 'x-amz-target': 'AWSStepFunctions.RedriveExecution' },
    '{}',
    'UnknownOperationException',
  ],
  ['a property of every object', { 'x-amz-target': 'AWSStepFunctions.constructor' }, '{}', 'UnknownOperationException'],
  ['a body that is not JSON', list, '{oh', 'SerializationException'],
  ['a body that is no object', list, '[]', 'SerializationException'],
  ['a missing member', { 'x-amz-target': 'AWSStepFunctions.DescribeExecution' }, '{}', 'ValidationException'],
])('%s is refused', async (_, headers, body, type) => {
  await withServer(
    pass,
    async ({ port }) => {
      const answer = await post(port, headers, body);

      expect({ status: answer.status, type: JSON.parse(answer.body).__type }).toEqual({ status: 400, type });
    },
    {},
    null,
  );
});

const described = new ListStateMachinesCommand({});

test.each([
  ['another key', { accessKeyId: 'local', secretAccessKey: 'local' }],
  ['the secret as the id of the key', { accessKeyId: secretKey, secretAccessKey: 'local' }],
])('a request that is signed with %s is refused, and the refusal names no secret', async (_, credentials) => {
  await withServer(pass, async ({ port, engine }) => {
    const stranger = new SFNClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    });

    const refused = stranger.send(new StartExecutionCommand({ stateMachineArn }));

    await expect(refused).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(refused).rejects.toThrow(/AWS_SECRET_ACCESS_KEY to what the file pages-secret/);
    await expect(refused).rejects.not.toThrow(secretKey);
    expect(await engine.listExecutions()).toEqual([]);
    stranger.destroy();
  });
});

test('neither an unsigned request nor a signature for another one is believed', async () => {
  await withServer(pass, async ({ client, port }) => {
    let signed: Record<string, string> = {};
    client.middlewareStack.add(
      (next) => (call) => {
        signed = { ...(call.request as { readonly headers: Record<string, string> }).headers };
        return next(call);
      },
      { step: 'finalizeRequest', priority: 'low', override: true, name: 'look' },
    );
    await client.send(described);

    const again = await post(port, signed, '{}');
    const otherBody = await post(port, signed, '[]');
    const other = await post(port, { ...signed, 'x-amz-target': 'AWSStepFunctions.StartExecution' }, '{}');
    const unsigned = await post(port, list);

    expect([again, otherBody, other, unsigned].map(({ status }) => status)).toEqual([200, 403, 403, 403]);
  });
});

test('requests that are not for Step Functions are left to the server', async () => {
  await withServer(pass, async ({ port }) => {
    expect((await post(port, { 'x-amz-target': 'Logs_20140328.PutLogEvents' })).status).toBe(404);
  });
});
