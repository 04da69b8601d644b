/** Who calls: read from the signature (Signature Version 4), whose form is checked and whose mathematics are not. */
import { createHash } from 'node:crypto';
import { Refused, type WireRequest } from './wire';

export type Caller = { readonly accessKeyId: string; readonly region: string; readonly service: string };

const form =
  /^AWS4-HMAC-SHA256 Credential=([\w-]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

const unsigned = (message: string) => new Refused(403, 'IncompleteSignature', message);

/** Errors: Refused when the request is not signed, or other bytes came than were signed. */
export const readCaller = ({ headers, body }: WireRequest): Caller => {
  const match = form.exec(headers.authorization ?? '');
  if (!match) throw unsigned('the request has no Signature Version 4 in its Authorization header');
  const [, accessKeyId = '', day = '', region = '', service = '', signedHeaders = ''] = match;
  const signed = signedHeaders.split(';');
  const bare = ['host', 'x-amz-date', 'x-amz-content-sha256'].filter((name) => !signed.includes(name));
  if (bare.length > 0) throw unsigned(`not signed: ${bare.join(', ')}`);
  if (!String(headers['x-amz-date']).startsWith(day))
    throw unsigned('the signature is of another day than the request');
  const digest = createHash('sha256').update(body).digest('hex');
  if (headers['x-amz-content-sha256'] !== digest)
    throw new Refused(400, 'XAmzContentSHA256Mismatch', 'other bytes came than were signed');
  return { accessKeyId, region, service };
};
