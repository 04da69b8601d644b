/** Turns a page's `run` into a Lambda handler behind an HTTP API (payload format 2.0). */
import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { proofHeader } from '#domain/approvals/caller-proof';
import { html } from '#domain/html/html';
import { pageHeaders, renderPage } from '#domain/html/page';
import type { HttpRequest, HttpResponse } from './http';
import { type HandlerParts, type Run, unwatched, withLogLine } from './on-lambda';
import { rememberSuccess } from './remember-success';

/** What the wrapper reads of an event; tests need not invent the rest. */
export type HttpEvent = Pick<APIGatewayProxyEventV2, 'rawPath' | 'headers' | 'body' | 'isBase64Encoded'> & {
  readonly requestContext: {
    readonly http: { readonly method: string };
    /** API Gateway's own, of routes with IAM authorization; nothing that a caller sends gets there. */
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
  };
};

/** A decision with a long reason and all boxes ticked has about 4 KB. */
const maximumBodyBytes = 64 * 1024;

const answerWith = (status: number, title: string, words: string): HttpResponse => ({
  status,
  headers: {},
  body: renderPage({ title, body: html`<h1>${title}</h1><p>${words}</p>` }),
});

const bodyOf = ({ body, isBase64Encoded }: HttpEvent) => Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

const isForm = ({ headers }: HttpEvent) =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '');

/** The request, or the answer to one that no handler takes. */
const readRequest = (event: HttpEvent): HttpRequest | HttpResponse => {
  const { method } = event.requestContext.http;
  const path = event.rawPath;
  const arn = event.requestContext.authorizer?.iam?.userArn;
  const proof = event.headers[proofHeader];
  const from = { ...(arn !== undefined && { caller: arn }), ...(proof !== undefined && { proof }) };
  if (method === 'GET') return { method, path, form: {}, ...from };
  if (method !== 'POST')
    return { ...answerWith(405, 'Not allowed', 'Open the page or send its form.'), headers: { allow: 'GET, POST' } };
  if (!isForm(event)) return answerWith(415, 'Not a form', 'Send the form of the page as a browser does.');
  const body = bodyOf(event);
  if (body.length > maximumBodyBytes) return answerWith(413, 'Too long', 'Shorten the reason and send the form again.');
  return { method, path, form: Object.fromEntries(new URLSearchParams(body.toString('utf8'))), ...from };
};

const toResult = ({ status, headers, body }: HttpResponse): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  // A handler may tighten these; none can be forgotten.
  headers: { ...pageHeaders(), 'strict-transport-security': 'max-age=63072000', ...headers },
  body,
});

/**
 * The path is never logged, because it contains the link. An error of a handler becomes a page without its message; the log line
 * has the same request number.
 */
export const onHttp = (
  run: Run<HttpRequest, HttpResponse>,
  { makePorts, functionName, watch = unwatched, logger = new Logger({ serviceName: functionName }) }: HandlerParts,
): ((event: HttpEvent, context: Pick<Context, 'awsRequestId'>) => Promise<APIGatewayProxyStructuredResultV2>) => {
  const ports = rememberSuccess(makePorts);
  return async (event, context) => {
    const request = readRequest(event);
    if ('status' in request) return toResult(request);
    const { method, caller } = request;
    const facts = { function: functionName, method, requestId: context.awsRequestId, ...(caller && { caller }) };
    try {
      const answer = () => watch({ functionName, runId: null }, async () => run(request, await ports()));
      return toResult(await withLogLine(logger, facts, answer));
    } catch {
      const words = `Nothing was decided. Try again in a minute; if this continues, give your administrator the number ${context.awsRequestId}.`;
      return toResult(answerWith(500, 'Something went wrong', words));
    }
  };
};
