/** What a deployed call leaves behind: metrics in its log, and its part of the trace where Lambda traces it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { callBundle, withBundle } from './bundle-runner';

jest.setTimeout(60_000);

const handler = `export const run = async ({ fails }: { fails?: boolean }) => {
  if (fails) throw Object.assign(new Error('the statement UPDATE users failed'), { name: 'StatementFailed' });
  return 'done';
};`;

const event = { runId: 'run-1' };
const deployed = { AWS_LAMBDA_FUNCTION_NAME: 'MigrationChecklist-TryIt', POWERTOOLS_DEV: 'false' };

type Embedded = { readonly _aws: { readonly CloudWatchMetrics: readonly unknown[] } } & Readonly<
  Record<string, unknown>
>;

const metricsIn = (lines: readonly string[]) =>
  lines.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line) as Embedded);

test('a call says how long it took, under the name of the deployed function', () =>
  withBundle(handler, { asks: [] }, async (bundle) => {
    const { answer, lines } = await callBundle(bundle, event, deployed);

    expect(answer).toBe('done');
    expect(metricsIn(lines)).toEqual([
      expect.objectContaining({ Function: 'MigrationChecklist-TryIt', CallDuration: expect.any(Number) }),
    ]);
    expect(metricsIn(lines)[0]?._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'MigrationChecklist',
        Dimensions: [['Function']],
        Metrics: [{ Name: 'CallDuration', Unit: 'Milliseconds' }],
      },
    ]);
  }));

test('a call that fails also counts under the name of its error, and the error passes as it is', () =>
  withBundle(handler, { asks: [] }, async (bundle) => {
    const { answer, lines } = await callBundle(bundle, { ...event, fails: true }, deployed);

    expect(answer).toBe('the statement UPDATE users failed');
    expect(metricsIn(lines).at(-1)).toMatchObject({
      Function: 'MigrationChecklist-TryIt',
      Error: 'StatementFailed',
      CallsFailed: 1,
      _aws: { CloudWatchMetrics: [{ Dimensions: [['Function', 'Error']] }] },
    });
  }));

/** Stands where Lambda has the X-Ray daemon; hands over what it was sent. */
const withDaemon = async (work: (address: string) => Promise<void>): Promise<readonly string[]> => {
  const socket = createSocket('udp4');
  const received: string[] = [];
  socket.on('message', (message) => received.push(message.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  try {
    await work(`127.0.0.1:${socket.address().port}`);
    // On one machine what was sent before this marker arrives before it.
    const marked = new Promise<void>((resolve) =>
      socket.on('message', (message) => String(message) === 'end' && resolve()),
    );
    socket.send('end', socket.address().port, '127.0.0.1');
    await marked;
    return received.filter((message) => message !== 'end');
  } finally {
    socket.close();
  }
};

const inLambda = (address: string, sampled: 0 | 1) => ({
  ...deployed,
  LAMBDA_TASK_ROOT: '/var/task',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_XRAY_DAEMON_ADDRESS: address,
  _X_AMZN_TRACE_ID: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=${sampled}`,
});

const documentsIn = (messages: readonly string[]) =>
  messages.map((message) => JSON.parse(message.split('\n')[1] ?? '') as Record<string, unknown>);

test('a call that Lambda traces adds its run and its failure, and no word of the error', () =>
  withBundle(handler, { asks: [] }, async (bundle) => {
    const sent = await withDaemon(async (address) => {
      await callBundle(bundle, { ...event, fails: true }, inLambda(address, 1));
    });

    expect(documentsIn(sent)).toEqual([
      expect.objectContaining({
        name: '## TryIt',
        type: 'subsegment',
        fault: true,
        parent_id: '53995c3f42cd8ad8',
        trace_id: '1-5759e988-bd862e3fe1be46a994272793',
        annotations: { runId: 'run-1', errorName: 'StatementFailed' },
      }),
    ]);
    expect(sent.join()).not.toContain('UPDATE users');
  }));

test('a call that is not traced sends nothing', () =>
  withBundle(handler, { asks: [] }, async (bundle) => {
    const sent = await withDaemon(async (address) => {
      expect((await callBundle(bundle, event, inLambda(address, 0))).answer).toBe('done');
    });

    expect(sent).toEqual([]);
  }));
