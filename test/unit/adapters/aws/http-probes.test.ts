import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpProbes } from '#adapters/http/http-probes';

const withServer = async (answer: (server: Server) => void, work: (url: string) => Promise<void>): Promise<void> => {
  const server = createServer();
  answer(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
};

const answering =
  (status: number, headers: Record<string, string> = {}) =>
  (server: Server) => {
    server.on('request', (_, response) => response.writeHead(status, headers).end('body'));
  };

test('a probe returns the status of the URL', () =>
  withServer(answering(204), async (url) => {
    expect(await createHttpProbes().get(`${url}/health`)).toEqual({
      status: 204,
      error: null,
      durationMs: expect.any(Number),
    });
  }));

test('a redirect is the answer and is not followed', () =>
  withServer(answering(302, { location: '/elsewhere' }), async (url) => {
    expect(await createHttpProbes().get(url)).toMatchObject({ status: 302, error: null });
  }));

test('a server that never answers ends at the time limit', () =>
  withServer(
    () => undefined,
    async (url) => {
      expect(await createHttpProbes({ timeoutMs: 50 }).get(url)).toMatchObject({
        status: null,
        error: 'no answer within 50 ms',
      });
    },
  ));

test('a server that is not there is reported with its error code', async () => {
  let gone = '';
  await withServer(answering(200), async (url) => {
    gone = url;
  });

  expect(await createHttpProbes().get(`${gone}/?token=secret`)).toMatchObject({
    status: null,
    error: 'no answer: ECONNREFUSED',
  });
});

test.each([
  ['file:///etc/hosts', 'a URL of file:; expected http: or https:'],
  ['data:text/plain,x', 'a URL of data:; expected http: or https:'],
  ['health', 'not a URL'],
  ['https://user:secret@example.com/', 'a URL with a name or password in it; leave them out'],
])('%s is not probed', async (url, error) => {
  expect(await createHttpProbes().get(url)).toEqual({ status: null, error, durationMs: 0 });
});
