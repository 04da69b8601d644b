/**
 * An HTTP API with IAM authorization, over real HTTP: it computes the signature anew from what came, as AWS's documents describe Signature
 * Version 4, and hands a function the event in payload format 2.0, with the caller's ARN where API Gateway puts it. At its root it answers GetCallerIdentity as AWS's STS does.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpEvent } from '#lambdas/runtime/on-http';
import { onLoopback } from '../loopback';

/** Of an access key; a session token where the credentials are temporary. */
export type KeyHolder = { readonly secret: string; readonly userArn: string; readonly sessionToken?: string };

export type SignedApi = { readonly url: string; close(): Promise<void> };

type Call = (event: HttpEvent) => Promise<APIGatewayProxyStructuredResultV2>;

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Uint8Array | string, text: string) => createHmac('sha256', key).update(text).digest();

const form =
  /^AWS4-HMAC-SHA256 Credential=([\w-]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

type Signed = { readonly service: string; readonly region: string; readonly keys: ReadonlyMap<string, KeyHolder> };

/** Null when the signature is not that of the request. */
const callerOf = (
  { method = '', url = '' }: IncomingMessage,
  headers: IncomingMessage['headers'],
  body: Buffer,
  { service, region, keys }: Signed,
): KeyHolder | null => {
  const [, keyId = '', day = '', signedRegion, signedService, names = '', signature = ''] =
    form.exec(headers.authorization ?? '') ?? [];
  const holder = keys.get(keyId);
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const signed = names.split(';');
  const must = ['host', 'x-amz-date', ...(holder?.sessionToken === undefined ? [] : ['x-amz-security-token'])];
  if (!holder || signedRegion !== region || signedService !== service || searchParams.size > 0) return null;
  if (must.some((name) => !signed.includes(name)) || headers['x-amz-security-token'] !== holder.sessionToken)
    return null;
  const date = String(headers['x-amz-date']);
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day) || Math.abs(Date.now() - at) > 300_000) return null;
  const canonicalHeaders = signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = [method, pathname, '', canonicalHeaders, names, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = hmac(hmac(hmac(hmac(`AWS4${holder.secret}`, day), region), service), 'aws4_request');
  const expected = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n'));
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? holder : null;
};

const eventOf = ({ method = '', url = '', headers }: IncomingMessage, body: Buffer, { userArn }: KeyHolder) => ({
  rawPath: new URL(url, 'http://127.0.0.1').pathname,
  headers: headers as Record<string, string>,
  body: body.toString('base64'),
  isBase64Encoded: true,
  requestContext: { http: { method }, authorizer: { iam: { userArn } } },
});

/** `name` is the API's own host, which its callers sign; left out where they sign the loopback's. */
export const openSignedApi = async (
  region: string,
  keys: ReadonlyMap<string, KeyHolder>,
  call: Call,
  name?: string,
): Promise<SignedApi> => {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.method === 'POST' && request.url === '/') {
      // GetCallerIdentity: the host that was signed is AWS's.
      const headers = { ...request.headers, host: `sts.${region}.amazonaws.com` };
      const signer = callerOf(request, headers, body, { service: 'sts', region, keys });
      if (!signer || !body.includes('Action=GetCallerIdentity')) return response.writeHead(403).end('<Error/>');
      return response.end(`<GetCallerIdentityResponse><Arn>${signer.userArn}</Arn></GetCallerIdentityResponse>`);
    }
    const asked = { ...request.headers, ...(name !== undefined && { host: name }) };
    const holder = callerOf(request, asked, body, { service: 'execute-api', region, keys });
    if (!holder) return response.writeHead(403).end('{"message":"Forbidden"}');
    const { statusCode = 200, headers = {}, body: text = '' } = await call(eventOf(request, body, holder));
    return response.writeHead(statusCode, headers as Record<string, string>).end(text);
  });
  return onLoopback(server);
};
