/** The AWS SDK works against a running local runtime, as the AWS CLI does with --endpoint-url. */
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { withRuntime, withSandbox } from '#test/support/local-run';

test('an execution started through the SDK runs to its sign-off and appears in list, describe and history', async () => {
  await withSandbox((sandbox) =>
    withRuntime(sandbox, {}, async (runtime) => {
      const secretAccessKey = new URL(runtime.pagesAddress).searchParams.get('key') ?? '';
      const credentials = { accessKeyId: 'any', secretAccessKey };
      const client = new SFNClient({ endpoint: runtime.ports.settings.pageBaseUrl, region: 'us-east-1', credentials });
      const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
      const stateMachineArn = stateMachines?.[0]?.stateMachineArn;
      const input = JSON.stringify({ migration: '001_create_jobs.sql', startedBy: 'ada@example.org' });

      const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input }));
      await runtime.engine.waitFor(executionArn ?? '');
      const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
      const described = await client.send(new DescribeExecutionCommand({ executionArn }));
      const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));

      expect(executions?.map(({ status }) => status)).toEqual(['SUCCEEDED']);
      expect(JSON.parse(described.output ?? '{}')).toMatchObject({
        migration: '001_create_jobs.sql',
        environment: 'staging',
        rollbackTested: true,
        approvedForProduction: false,
      });
      expect(events?.[0]?.type).toBe('ExecutionStarted');
      expect(events?.at(-1)?.type).toBe('ExecutionSucceeded');
      // A good run must stay below 80 transitions (states entered).
      expect(events?.filter(({ type }) => type?.endsWith('StateEntered')).length).toBeLessThan(80);
    }),
  );
});

test('wrong input fails the first state with the list of what there is; a stopped execution is aborted', async () => {
  await withSandbox((sandbox) =>
    withRuntime(sandbox, { answering: false }, async (runtime) => {
      const secretAccessKey = new URL(runtime.pagesAddress).searchParams.get('key') ?? '';
      const credentials = { accessKeyId: 'any', secretAccessKey };
      const client = new SFNClient({ endpoint: runtime.ports.settings.pageBaseUrl, region: 'us-east-1', credentials });
      const { stateMachineArn } = runtime.engine;
      const start = (input: unknown) =>
        client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));

      const wrong = await start({ migration: '009_nothing.sql' });
      const ended = await runtime.engine.waitFor(wrong.executionArn ?? '');
      const waiting = await start({ migration: '001_create_jobs.sql' });
      await client.send(
        new StopExecutionCommand({ executionArn: waiting.executionArn, error: 'Stopped', cause: 'by the test' }),
      );
      const stopped = await client.send(new DescribeExecutionCommand({ executionArn: waiting.executionArn }));

      expect(ended).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
      expect(ended.cause).toContain('001_create_jobs.sql, 002_create_core_schema.sql');
      expect(stopped).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by the test' });
    }),
  );
});
