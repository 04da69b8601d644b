import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createPatientFetch } from '#adapters/neon/patient-fetch';

const patience = { firstDelayMs: 2, maxDelayMs: 50, attempts: 4, requestTimeoutMs: 300 };

/** A server that treats each request in turn as told, the last one's way for all further ones. */
const withServer = async (
  ways: readonly ((response: ServerResponse) => void)[],
  work: (url: string, count: () => number) => Promise<void>,
) => {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => ways[Math.min(count++, ways.length - 1)]?.(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`, () => count);
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

const answer =
  (status: number, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers).end(`answer ${status}`);
  };
const hangUp = (response: ServerResponse) => {
  response.socket?.destroy();
};
const neverAnswer = () => undefined;

test.each([423, 429, 503])('a POST that is answered with %i is repeated with its body', async (status) => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    bodies.push(body);
    answer(bodies.length < 3 ? status : 201)(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;

  const response = await createPatientFetch(patience)(url, { method: 'POST', body: '{"a":1}' });
  server.close();
  server.closeAllConnections();

  expect(response.status).toBe(201);
  expect(bodies).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
});

test('the last answer is handed over when patience ends', async () => {
  await withServer([answer(423)], async (url, count) => {
    const response = await createPatientFetch(patience)(url);

    expect([response.status, await response.text(), count()]).toEqual([423, 'answer 423', 4]);
  });
});

test('other answers are handed over at once', async () => {
  await withServer([answer(500)], async (url, count) => {
    const response = await createPatientFetch(patience)(url, { method: 'DELETE' });

    expect([response.status, count()]).toEqual([500, 1]);
  });
});

test('a GET without an answer is repeated, a POST is not: it may have been carried out', async () => {
  await withServer([hangUp, hangUp, answer(200)], async (url, count) => {
    const response = await createPatientFetch(patience)(url);

    expect([response.status, count()]).toEqual([200, 3]);
  });
  await withServer([hangUp, answer(200)], async (url, count) => {
    await expect(createPatientFetch(patience)(url, { method: 'POST' })).rejects.toThrow('fetch failed');

    expect(count()).toBe(1);
  });
});

test('a request that is not answered in time is given up and repeated', async () => {
  await withServer([neverAnswer, answer(200)], async (url, count) => {
    const response = await createPatientFetch(patience)(url);

    expect([response.status, count()]).toEqual([200, 2]);
  });
});

test('a wait that the server asks for is kept, and one beyond our patience is left to the caller', async () => {
  await withServer([answer(429, { 'retry-after': '0' }), answer(200)], async (url) => {
    expect((await createPatientFetch(patience)(url)).status).toBe(200);
  });
  await withServer([answer(429, { 'retry-after': '60' }), answer(200)], async (url, count) => {
    const response = await createPatientFetch(patience)(url);

    expect([response.status, count()]).toEqual([429, 1]);
  });
});

test('patience ends with the signal, in a request and in the wait before the next one', async () => {
  const hour = { firstDelayMs: 3_600_000, maxDelayMs: 3_600_000, attempts: 4, requestTimeoutMs: 3_600_000 };
  for (const way of [neverAnswer, hangUp])
    await withServer([way], async (url, count) => {
      const closing = new AbortController();
      const asked = createPatientFetch({ ...hour, signal: closing.signal })(url);
      asked.catch(() => undefined);
      while (count() === 0) await new Promise(setImmediate);

      closing.abort();

      await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    });
});
