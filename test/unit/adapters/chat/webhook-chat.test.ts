import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebhookChat } from '#adapters/chat/webhook-chat';

/** A channel's webhook on loopback; its path is the secret, as with the real ones. */
const withChannel = async (answer: RequestListener, work: (url: string) => Promise<void>) => {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/s3cret`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const chatAt = (url: string, timeoutMs = 2_000) =>
  createWebhookChat([{ channel: 'checklist/chat', readUrl: async () => url }], { timeoutMs });

test('the text is posted as JSON, and the channel is named without its address', async () => {
  const posted: unknown[] = [];
  const answer: RequestListener = async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    posted.push({
      method: request.method,
      type: request.headers['content-type'],
      body: Buffer.concat(parts).toString(),
    });
    response.end('ok');
  };
  await withChannel(answer, async (url) => {
    const deliveries = await chatAt(url).post('applied: "001" ✓');

    expect(deliveries).toEqual([{ channel: 'checklist/chat', isDelivered: true, answer: '200 ok' }]);
    expect(posted).toEqual([
      { method: 'POST', type: 'application/json; charset=utf-8', body: '{"text":"applied: \\"001\\" ✓"}' },
    ]);
  });
});

test('a refusal is reported with the first line of the answer, without the address', async () => {
  const answer: RequestListener = (request, response) => {
    response.statusCode = 404;
    response.end(`no_service at http://${request.headers.host}${request.url}\nsecond line`);
  };
  await withChannel(answer, async (url) => {
    const [delivery] = await chatAt(url).post('applied');

    expect(delivery).toEqual({
      channel: 'checklist/chat',
      isDelivered: false,
      answer: '404 no_service at (address)',
    });
  });
});

test('a channel that moved is not followed, because the text would go to somebody else', async () => {
  const asked: (string | undefined)[] = [];
  const answer: RequestListener = (request, response) => {
    asked.push(request.url);
    response.writeHead(307, { location: '/elsewhere' });
    response.end();
  };
  await withChannel(answer, async (url) => {
    expect(await chatAt(url).post('applied')).toMatchObject([{ isDelivered: false, answer: '307' }]);
    expect(asked).toEqual(['/services/T0/B0/s3cret']);
  });
});

test('a channel that does not answer is given up', () =>
  withChannel(
    () => undefined,
    async (url) => {
      expect(await chatAt(url, 50).post('applied')).toMatchObject([
        { isDelivered: false, answer: 'no answer within 50 ms' },
      ]);
    },
  ));

test('one channel that fails does not keep the text from the others', () =>
  withChannel(
    (_, response) => response.end('ok'),
    async (url) => {
      const chat = createWebhookChat([
        { channel: 'gone', readUrl: async () => 'http://127.0.0.1:1/s3cret' },
        { channel: 'empty', readUrl: () => Promise.reject(new Error('the secret "empty" is empty')) },
        { channel: 'there', readUrl: async () => url },
      ]);

      const deliveries = await chat.post('applied');

      expect(deliveries.map(({ channel, isDelivered }) => [channel, isDelivered])).toEqual([
        ['gone', false],
        ['empty', false],
        ['there', true],
      ]);
      expect(deliveries[1]?.answer).toBe('the secret "empty" is empty');
      expect(JSON.stringify(deliveries)).not.toContain('s3cret');
    },
  ));

test.each(['http://chat.example/hook', 'chat.example/hook', 'ftp://chat.example/hook', ''])(
  'an address that is not https is refused without being shown: %j',
  async (url) => {
    const [delivery] = await chatAt(url).post('applied');

    expect(delivery).toMatchObject({
      isDelivered: false,
      answer: 'the secret holds no https address; put the address of the incoming webhook into it',
    });
  },
);

test('without channels nothing is posted', async () => {
  expect(await createWebhookChat([]).post('applied')).toEqual([]);
});
