import type { Logger } from '@aws-lambda-powertools/logger';
import { LockNotAvailable } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { onLambda } from '#lambdas/runtime/on-lambda';
import { fakePorts } from '#test/support/fake-ports';

type Line = { readonly level: string; readonly message: string; readonly facts: Readonly<Record<string, unknown>> };

const recordingLogger = () => {
  const lines: Line[] = [];
  const record = (level: string) => (message: string, facts: Readonly<Record<string, unknown>>) => {
    lines.push({ level, message, facts });
  };
  return { lines, logger: { info: record('info'), error: record('error') } as unknown as Logger };
};

const context = { awsRequestId: 'request-1' };

const input = { run: { runId: 'run-1' }, taskToken: 'AQC-secret', previous: [] };

test('the handler gives the run its input and its ports, and returns what the run returns', async () => {
  const ports = fakePorts();
  const run = jest.fn(async () => ({ evidence: { key: 'k', sha256: 's' } }));
  const handler = onLambda(run, {
    makePorts: async () => ports,
    functionName: 'DryRun',
    logger: recordingLogger().logger,
  });

  expect(await handler(input as never, context)).toEqual({ evidence: { key: 'k', sha256: 's' } });
  expect(run).toHaveBeenCalledWith(input, ports);
});

test('ports are made at the first call and once per container', async () => {
  const makePorts = jest.fn(async () => fakePorts());
  const handler = onLambda(async () => null, { makePorts, functionName: 'DryRun', logger: recordingLogger().logger });
  expect(makePorts).not.toHaveBeenCalled();

  await Promise.all([handler(null as never, context), handler(null as never, context)]);
  await handler(null as never, context);

  expect(makePorts).toHaveBeenCalledTimes(1);
});

test('ports that could not be made are made again by the next call', async () => {
  const makePorts = jest
    .fn<Promise<Ports>, []>()
    .mockRejectedValueOnce(new Error('no secret yet'))
    .mockResolvedValue(fakePorts());
  const handler = onLambda(async () => 'done', { makePorts, functionName: 'DryRun', logger: recordingLogger().logger });

  await expect(handler(null as never, context)).rejects.toThrow('no secret yet');
  expect(await handler(null as never, context)).toBe('done');
});

test('one line says which function, step and run, and how long it took, and nothing else of the input', async () => {
  const { logger, lines } = recordingLogger();
  const handler = onLambda(async () => null, { makePorts: async () => fakePorts(), functionName: 'DryRun', logger });

  await handler(input as never, context);

  expect(lines).toEqual([
    {
      level: 'info',
      message: 'done',
      facts: { function: 'DryRun', step: 6, runId: 'run-1', requestId: 'request-1', durationMs: expect.any(Number) },
    },
  ]);
});

test.each([
  [{ run: { runId: 'a' } }, 'a'],
  [{ runId: 'b' }, 'b'],
  [{ input: {}, execution: { name: 'c' } }, 'c'],
  [{ run: 7 }, null],
  [null, null],
])('the run of %j is %j', async (given, runId) => {
  const { logger, lines } = recordingLogger();
  const handler = onLambda(async () => null, { makePorts: async () => fakePorts(), functionName: 'OpenRun', logger });

  await handler(given as never, context);

  expect(lines[0]?.facts).toMatchObject({ runId, step: null });
});

test('an error passes as it is, under its own name, and is logged by name', async () => {
  const { logger, lines } = recordingLogger();
  const error = new LockNotAvailable('a lock was not granted in time');
  const run = async () => {
    throw error;
  };
  const handler = onLambda(run, { makePorts: async () => fakePorts(), functionName: 'ApplyMigration', logger });

  await expect(handler(input as never, context)).rejects.toBe(error);

  expect(lines[0]).toMatchObject({
    level: 'error',
    facts: { errorName: 'LockNotAvailable', errorMessage: 'a lock was not granted in time', step: 8 },
  });
  expect(JSON.stringify(lines)).not.toContain('AQC-secret');
});
