/** Whether a request was signed with the secret key that this start has made: AWS Signature Version 4, as the CLI and the SDKs sign. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const authorization =
  /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request,\s*SignedHeaders=([\w;-]+),\s*Signature=([0-9a-f]{64})$/;

/** Without these a signature would fit another operation or another server too. */
const neededHeaders = ['host', 'x-amz-date', 'x-amz-target'];

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** The id of the key does not matter: there is one key. */
export const isSignedWith = (secretKey: string, { headers, method = '' }: IncomingMessage, body: Buffer): boolean => {
  const [, date, region, service, names = '', signature = ''] = authorization.exec(headers.authorization ?? '') ?? [];
  if (date === undefined || region === undefined || service === undefined) return false;
  const signed = names.split(';');
  if (!neededHeaders.every((name) => signed.includes(name))) return false;
  const canonicalHeaders = signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}\n`);
  // The API has one path and no query.
  const request = [method, '/', '', canonicalHeaders.join(''), names, sha256(body)].join('\n');
  const scope = [date, region, service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<Buffer | string>((parent, part) => hmac(parent, part), `AWS4${secretKey}`);
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'));
};
