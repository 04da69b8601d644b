/** The Step Functions API over HTTP (JSON 1.0), for the AWS CLI and SDKs, as a part of an existing server on loopback. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Engine } from './engine';
import { ApiError, RunSuspended } from './errors';
import { isRecord } from './expressions';
import { operations } from './wire-operations';
import { jsonText } from './wire-parameters';
import { isSignedWith } from './wire-signature';

const targetPrefix = 'AWSStepFunctions.';

/** True for the requests that `createStepFunctionsApi` answers. */
export const isStepFunctionsRequest = (request: IncomingMessage): boolean =>
  request.method === 'POST' && request.url === '/' && String(request.headers['x-amz-target']).startsWith(targetPrefix);

// A web page whose name resolves to 127.0.0.1 reaches this server, but with its own name in the Host header.
const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);
const isLoopback = (host: string | undefined) => loopbackHosts.has((host ?? '').replace(/:\d+$/, '').toLowerCase());

// The largest input as a JSON text within JSON: every character may be escaped.
const mostBodyBytes = 2 * 1_024 * 1_024;

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes)
      throw new ApiError('ValidationException', `the request is larger than ${mostBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const perform = async (engine: Engine, request: IncomingMessage, body: Buffer): Promise<object> => {
  const name = String(request.headers['x-amz-target']).slice(targetPrefix.length);
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation)
    throw new ApiError(
      'UnknownOperationException',
      `the local engine does not serve ${name}; it serves ${Object.keys(operations).join(', ')}`,
    );
  const parameters = jsonText(body.toString('utf8') || '{}', 'SerializationException', 'request');
  if (!isRecord(parameters)) throw new ApiError('SerializationException', 'the request must be a JSON object');
  return operation(engine, parameters);
};

type Answer = { readonly status: number; readonly body: object };

const refusal = (status: number, __type: string, message: string): Answer => ({ status, body: { __type, message } });

const unsigned = () =>
  refusal(
    403,
    'InvalidSignatureException',
    'the request is not signed with the key of this start. Set AWS_ACCESS_KEY_ID to local and AWS_SECRET_ACCESS_KEY to what the file pages-secret in the state directory holds',
  );

const answerTo = async (engine: Engine, secretKey: string | null, request: IncomingMessage): Promise<Answer> => {
  if (!isLoopback(request.headers.host))
    return refusal(403, 'AccessDeniedException', 'only requests to 127.0.0.1, localhost or [::1] are answered');
  try {
    const body = await readBody(request);
    if (secretKey !== null && !isSignedWith(secretKey, request, body)) return unsigned();
    return { status: 200, body: await perform(engine, request, body) };
  } catch (error) {
    if (error instanceof ApiError) return refusal(400, error.name, error.message);
    if (error instanceof RunSuspended) return refusal(503, 'ServiceUnavailable', error.message);
    return refusal(500, 'InternalFailure', (error as Error).message);
  }
};

/**
 * A handler for the requests that `isStepFunctionsRequest` accepts. It answers everything and never rejects. With null as its key it
 * trusts whoever reaches it.
 */
export const createStepFunctionsApi =
  (engine: Engine, secretKey: string | null) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answerTo(engine, secretKey, request);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(body));
  };
