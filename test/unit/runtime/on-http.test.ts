import type { Logger } from '@aws-lambda-powertools/logger';
import type { HttpRequest, HttpResponse } from '#lambdas/runtime/http';
import { type HttpEvent, onHttp } from '#lambdas/runtime/on-http';
import { fakePorts } from '#test/support/fake-ports';

const context = { awsRequestId: 'request-1' };
const form = 'decision=approved&reason=a%2Bb+%C3%A4';

const event = (changes: Partial<HttpEvent> & { readonly method?: string } = {}): HttpEvent => {
  const { method = 'GET', ...rest } = changes;
  return {
    rawPath: '/approvals/secret-link',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    isBase64Encoded: false,
    requestContext: { http: { method } },
    ...rest,
  };
};

const open = (answer: (request: HttpRequest) => Promise<HttpResponse>) => {
  const logged: unknown[] = [];
  const log = (...words: readonly unknown[]) => {
    logged.push(words);
  };
  const run = jest.fn(answer);
  const logger = { info: log, error: log } as unknown as Logger;
  const handler = onHttp(run, { makePorts: async () => fakePorts(), functionName: 'DecideApproval', logger });
  return { run, handler, logged };
};

const ok: HttpResponse = { status: 200, headers: { 'x-own': '1' }, body: '<p>ok</p>' };

test('a GET reaches the page with its path and an empty form', async () => {
  const { run, handler } = open(async () => ok);

  const result = await handler(event(), context);

  expect(run.mock.calls[0]?.[0]).toEqual({ method: 'GET', path: '/approvals/secret-link', form: {} });
  expect(result).toMatchObject({ statusCode: 200, body: '<p>ok</p>' });
});

test.each([
  ['plain', form, false],
  ['base64', Buffer.from(form).toString('base64'), true],
])('a form is decoded from a %s body', async (_, body, isBase64Encoded) => {
  const { run, handler } = open(async () => ok);

  await handler(event({ method: 'POST', body, isBase64Encoded }), context);

  expect(run.mock.calls[0]?.[0]).toEqual({
    method: 'POST',
    path: '/approvals/secret-link',
    form: { decision: 'approved', reason: 'a+b ä' },
  });
});

test('every answer has the headers that keep the link from leaking, and the page may add its own', async () => {
  const { handler } = open(async () => ok);

  const { headers } = await handler(event(), context);

  expect(headers).toMatchObject({
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'strict-transport-security': expect.stringContaining('max-age='),
    'x-own': '1',
  });
});

test.each([
  [405, event({ method: 'DELETE' })],
  [415, event({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })],
  [415, event({ method: 'POST', headers: {}, body: form })],
  [413, event({ method: 'POST', body: `reason=${'x'.repeat(70_000)}` })],
])('what no page takes is answered with %i and reaches none', async (statusCode, given) => {
  const { run, handler } = open(async () => ok);

  expect(await handler(given, context)).toMatchObject({
    statusCode,
    headers: expect.objectContaining({ 'cache-control': 'no-store' }),
  });
  expect(run).not.toHaveBeenCalled();
});

test('what a page throws becomes an answer that says nothing of it but the number in the log', async () => {
  const { handler, logged } = open(async () => {
    throw new Error('connection string postgres://secret');
  });

  const result = await handler(event({ method: 'POST', body: form }), context);

  expect(result.statusCode).toBe(500);
  expect(result.body).toContain('request-1');
  expect(result.body).not.toContain('postgres');
  expect(JSON.stringify(logged)).toContain('request-1');
});

test('neither the link nor the form is logged', async () => {
  const { handler, logged } = open(async () => ok);

  await handler(event({ method: 'POST', body: 'code=K4T7-9XYZ' }), context);

  expect(logged).toHaveLength(1);
  expect(JSON.stringify(logged)).not.toMatch(/secret-link|K4T7/);
});

test('a caller is whom API Gateway has authenticated, and nothing that was sent', async () => {
  const { run, handler, logged } = open(async () => ok);
  const userArn = 'arn:aws:iam::123456789012:user/ada';
  const requestContext = { http: { method: 'POST' }, authorizer: { iam: { userArn } } };
  const sent = { 'content-type': 'application/x-www-form-urlencoded', 'x-caller': userArn, authorizer: userArn };

  await handler({ ...event({ body: 'caller=eve' }), requestContext }, context);
  await handler(event({ method: 'POST', body: `caller=${userArn}`, headers: sent }), context);

  expect(run.mock.calls.map(([{ caller }]) => caller)).toEqual([userArn, undefined]);
  expect(JSON.stringify(logged[0])).toContain(userArn);
});
