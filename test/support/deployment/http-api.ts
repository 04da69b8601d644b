/** The HTTP API of the approval pages: its routes, and events in payload format 2.0 as API Gateway sends them. */
import { randomUUID } from 'node:crypto';
import type { HttpEvent } from '#lambdas/runtime/on-http';
import { isAllowed, type PolicyStatement } from '../aws-double/policy';
import { awsEnvironment } from './aws-environment';
import type { Deployed, Route } from './deployed';

export type PageAnswer = {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
};

export type PageRequest = { readonly url: string; readonly form?: URLSearchParams };

const eventOf = (method: string, url: URL, form: URLSearchParams | undefined) => ({
  version: '2.0',
  routeKey: `${method} /approvals/{link}`,
  rawPath: url.pathname,
  rawQueryString: '',
  headers: {
    host: url.host,
    'x-forwarded-proto': 'https',
    'user-agent': 'a browser',
    ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
  },
  requestContext: {
    accountId: '000000000000',
    apiId: url.host.split('.')[0],
    domainName: url.host,
    stage: '$default',
    requestId: randomUUID(),
    time: new Date().toUTCString(),
    timeEpoch: Date.now(),
    http: { method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'a browser' },
  },
  pathParameters: { link: url.pathname.split('/').at(-1) },
  // A form is no text for API Gateway, so its body comes as base64.
  ...(form && { body: Buffer.from(form.toString()).toString('base64') }),
  isBase64Encoded: form !== undefined,
});

/** Where the API's own address begins, as the functions know it. */
export const apiAddressOf = ({ functions }: Deployed): string =>
  functions.find(({ environment }) => environment['PAGE_BASE_URL'])?.environment['PAGE_BASE_URL'] ?? '';

const executeApi = (apiId: string | undefined, { method, template }: Route) =>
  `arn:aws:execute-api:${awsEnvironment.region}:${awsEnvironment.account}:${apiId}/$default/${method}${template}`;

type Call = (functionArn: string, event: unknown) => Promise<unknown>;

/**
 * What API Gateway does with a request whose signature is good: IAM has to let its signer through on this route. `event` names the signer.
 */
export const requestSigned = async (
  deployed: Deployed,
  event: HttpEvent,
  statements: readonly PolicyStatement[],
  call: Call,
): Promise<PageAnswer> => {
  const { method } = event.requestContext.http;
  const route = deployed.routes.find((one) => one.isSigned && one.method === method && one.path.test(event.rawPath));
  const forbidden = { statusCode: 403, headers: {}, body: '{"message":"Forbidden"}' };
  if (!route) return forbidden;
  const arn = executeApi(new URL(apiAddressOf(deployed)).host.split('.')[0], route);
  if (!isAllowed(statements, { action: 'execute-api:Invoke', resource: arn })) return forbidden;
  if (!deployed.mayCall('apigateway.amazonaws.com', route.functionArn, arn))
    throw new Error(`the HTTP API may not call ${route.functionArn}`);
  return (await call(route.functionArn, event)) as PageAnswer;
};

/** GET without a form, POST with one. Errors when no route leads to a function, or the API may not call it. */
export const requestPage = async (
  { routes, mayCall }: Deployed,
  { url: address, form }: PageRequest,
  call: Call,
): Promise<PageAnswer> => {
  const url = new URL(address);
  const method = form ? 'POST' : 'GET';
  const route = routes.find((one) => !one.isSigned && one.method === method && one.path.test(url.pathname));
  if (!route) throw new Error(`no route takes ${method} ${url.pathname}`);
  const source = executeApi(url.host.split('.')[0], route);
  if (!mayCall('apigateway.amazonaws.com', route.functionArn, source))
    throw new Error(`the HTTP API may not call ${route.functionArn}`);
  return (await call(route.functionArn, eventOf(method, url, form))) as PageAnswer;
};
